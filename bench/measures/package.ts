import { type Finding, fixed, type Measure } from '../finding.ts';
import { packedSize } from '../package-size.ts';

export const deployedPackage: Measure = {
  name: 'package',
  title: 'Deployed package',
  run: async (): Promise<Finding> => {
    const { packed, files } = await packedSize();
    const megabytes = packed / 1e6;
    return {
      rows: [
        {
          figure: 'Deployed package (zip)',
          goal: '≤ 2 MB',
          measured: `${fixed(megabytes)} MB`,
          met: megabytes <= 2,
          ...(megabytes <= 2 ? {} : { short: `${fixed(megabytes - 2)} MB over` }),
        },
      ],
      detail: `${files} files: dist/functions, host.json, package.json. The figure is the sum of the deflated files (\`node:zlib\`, level 9) with the headers of a zip.`,
    };
  },
};
