// The certificates that a route names, as text for the TLS of a connection. Files are rotated while the service runs: each is looked
// at once a minute at most, and read again when it has changed.

import { readFileSync, statSync } from "node:fs";
import type { Route } from "../registry/deployment.ts";

export interface TlsOptions {
  /** Always given: options without a member are no TLS to Bun, whose `connect` then goes on in plain text and says nothing. */
  readonly rejectUnauthorized: boolean;
  readonly serverName?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const lookMs = 60_000;
const filesMax = 256;

interface KeptFile {
  readonly text: string;
  readonly changedMs: number;
  lookedMs: number;
}

/** `serverName` is null for an address. Throws ConfigurationError with the file's name when one cannot be read. */
export function createCertificates(
  nowMs: () => number,
): (route: Route, serverName: string | null) => TlsOptions {
  const files = new Map<string, KeptFile>();

  function textOf(file: string): string {
    const known = files.get(file);
    if (known !== undefined && nowMs() - known.lookedMs < lookMs) return known.text;
    try {
      const changedMs = statSync(file).mtimeMs;
      if (known !== undefined && known.changedMs === changedMs) {
        known.lookedMs = nowMs();
        return known.text;
      }
      const text = readFileSync(file, "utf8");
      if (files.size >= filesMax) files.clear();
      files.set(file, { text, changedMs, lookedMs: nowMs() });
      return text;
    } catch (error) {
      const why = (error as NodeJS.ErrnoException).code ?? "unreadable";
      throw Object.assign(new Error(`the certificate file ${file} cannot be read (${why})`), {
        code: "ERR_CERTIFICATE_FILE",
      });
    }
  }

  return ({ verifyTls, caFile, clientCertificate }, serverName) => ({
    rejectUnauthorized: verifyTls,
    ...(serverName === null ? {} : { serverName }),
    ...(caFile === null ? {} : { ca: textOf(caFile) }),
    ...(clientCertificate === null
      ? {}
      : { cert: textOf(clientCertificate.certFile), key: textOf(clientCertificate.keyFile) }),
  });
}
