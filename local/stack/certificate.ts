import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** A certificate and its private key, both PEM text. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * Creates a certificate for this machine's own names, valid for a week. It is its own authority, so trusting exactly
 * this certificate (`NODE_EXTRA_CA_CERTS`, or `ca` of a TLS client) is enough and nothing is ever installed in a trust
 * store.
 */
export async function createCertificate(now = new Date()): Promise<Certificate> {
  const week = 7 * 24 * 60 * 60 * 1000;
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // A clock that is slightly behind (a container, a virtual machine) must not find it "not yet valid".
    notBeforeDate: new Date(now.getTime() - 60 * 60 * 1000),
    notAfterDate: new Date(now.getTime() + week),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/** Paths of the PEM files, and how to remove them. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
  remove(): Promise<void>;
}

/**
 * Writes a certificate to a new temporary folder that only this user can read. Child processes trust it by
 * `NODE_EXTRA_CA_CERTS=<certFile>`; Azurite needs both files. The folder is deleted when `remove` is called, or at the
 * latest when the process exits.
 */
export async function writeCertificate(certificate: Certificate): Promise<CertificateFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'external-groups-local-'));
  const removeAtExit = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeAtExit);
  const certFile = join(folder, 'localhost.pem');
  const keyFile = join(folder, 'localhost-key.pem');
  await writeFile(certFile, certificate.cert);
  await writeFile(keyFile, certificate.key, { mode: 0o600 });
  return {
    certFile,
    keyFile,
    remove: async () => {
      process.off('exit', removeAtExit);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
