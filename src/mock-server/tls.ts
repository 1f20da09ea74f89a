/**
 * Certificates for clients that speak wss only: a given pair, or a self-signed one for the loopback names.
 * Must never write a key to disk.
 */

/** A certificate and its private key, as PEM. */
export interface TlsCredentials {
  readonly cert: string;
  readonly key: string;
}

/** What a user may say: `true` for a generated certificate, or a pair of PEM texts. */
export type TlsOption = boolean | { readonly cert: string | Uint8Array; readonly key: string | Uint8Array };

const LOOPBACK_NAMES = [
  { type: 2, value: 'localhost' },
  { type: 7, ip: '127.0.0.1' },
  { type: 7, ip: '::1' },
] as const;

let generated: Promise<TlsCredentials> | undefined;

/**
 * The credentials to serve with; undefined for plain `ws`. The generated pair is the same for every server
 * of the process, is valid for a year, and names `localhost`, `127.0.0.1` and `::1`.
 */
export async function loadTlsCredentials(option: TlsOption | undefined): Promise<TlsCredentials | undefined> {
  if (option === undefined || option === false) return undefined;
  if (option !== true) return { cert: pemText(option.cert), key: pemText(option.key) };
  generated ??= generateCredentials();
  return generated;
}

function pemText(pem: string | Uint8Array): string {
  return typeof pem === 'string' ? pem : new TextDecoder().decode(pem);
}

async function generateCredentials(): Promise<TlsCredentials> {
  const { generate } = await import('selfsigned');
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [
      // No authority: some TLS stacks (webpki, so most of Rust) refuse an authority as a server's own certificate,
      // and a self-signed one among a client's trusted roots is trusted by all of them. No key usage either: older
      // OpenSSL takes a certificate that may not sign certificates for no issuer of itself.
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [...LOOPBACK_NAMES] },
    ],
  });
  return { cert: pems.cert, key: pems.private };
}
