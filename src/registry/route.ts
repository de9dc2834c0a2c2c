// The way to a host: through which proxy, and with which certificates.

export interface Route {
  readonly proxy: ProxyRoute | null;
  readonly verifyTls: boolean;
  /** PEM file with the authorities that are trusted, and no others; null trusts the usual ones. */
  readonly caFile: string | null;
  /** PEM files; both can be one. */
  readonly clientCertificate: { readonly certFile: string; readonly keyFile: string } | null;
}

export interface ProxyRoute {
  /** Spoken to over TLS. */
  readonly secure: boolean;
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** The whole value of Proxy-Authorization. */
  readonly authorization: string | null;
}
