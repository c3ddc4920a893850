import { bold, cyan, dim, green, red, yellow } from 'yoctocolors';

type Colour = (text: string) => string;
type ColourName = 'bold' | 'cyan' | 'dim' | 'green' | 'red' | 'yellow';

/** Colours for one stream: real ones on a terminal, none elsewhere. */
export type Paint = { readonly [name in ColourName]: Colour };

const same: Colour = (text) => text;

export const vivid: Paint = { bold, cyan, dim, green, red, yellow };
export const plain: Paint = { bold: same, cyan: same, dim: same, green: same, red: same, yellow: same };
