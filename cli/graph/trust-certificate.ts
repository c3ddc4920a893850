import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** Trusts one more certificate authority in this process. A separate file: early releases of Node 22 lack both. */
export function trustCertificate(pem: string): void {
  setDefaultCACertificates([...getCACertificates('default'), pem]);
}
