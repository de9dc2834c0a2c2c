// Whom a deployment's connections trust and with which certificate they introduce themselves, by ssl_verify and
// ssl_certificate as LiteLLM has them. Files are looked at here once, so that one that is missing or holds something else is
// told as what it is, and not as a failure of the provider.

import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { Value } from "../config/config.ts";
import type { Settings } from "../config/settings.ts";
import { readAs } from "../config/values.ts";
import type { Route } from "./deployment.ts";

export type Certificates = Omit<Route, "proxy">;

export type CertificatesOrProblem =
  | { readonly certificates: Certificates; readonly problem: null }
  | { readonly certificates: null; readonly problem: string };

type CertificateSettings = Pick<Settings, "sslVerify" | "sslCertFile" | "sslCertificate">;

/** What a connection without TLS has. */
export const noCertificates: Certificates = {
  verifyTls: true,
  caFile: null,
  clientCertificate: null,
};

/** A bundle of all authorities has 0.25 MB. */
const fileBytesMax = 4 * 1024 * 1024;
/** A longer text is no path, and may be a key that was put where its file belongs. */
const pathLengthMax = 250;

/** `own`: litellm_params.ssl_verify, which wins as a whole. */
export function certificatesOf(
  own: Value | undefined,
  { sslVerify, sslCertFile, sslCertificate }: CertificateSettings,
): CertificatesOrProblem {
  const isOwn = own !== undefined && own !== null;
  const reading = isOwn ? readAs({ kind: "booleanOrPath" }, own) : null;
  if (reading?.ok === false) return stopped(`litellm_params.ssl_verify is not ${reading.expected}`);
  const verify = reading === null ? sslVerify : (reading.value as boolean | string);
  const source = isOwn ? "litellm_params.ssl_verify" : "litellm_settings.ssl_verify or SSL_VERIFY";
  const trusted =
    typeof verify === "string"
      ? { source, file: verify }
      : verify && sslCertFile !== null
        ? { source: "SSL_CERT_FILE", file: sslCertFile }
        : null;
  const shown =
    sslCertificate === null
      ? null
      : { source: "litellm_settings.ssl_certificate or SSL_CERTIFICATE", file: sslCertificate };
  const problem =
    (trusted === null ? null : problemOf(trusted, lacksCertificate)) ??
    (shown === null ? null : problemOf(shown, lacksCertificateOrKey));
  if (problem !== null) return stopped(problem);
  return {
    certificates: {
      verifyTls: verify !== false,
      caFile: trusted?.file ?? null,
      clientCertificate: shown === null ? null : { certFile: shown.file, keyFile: shown.file },
    },
    problem: null,
  };
}

function stopped(problem: string): CertificatesOrProblem {
  return { certificates: null, problem };
}

/** What is wrong with the file, or null; `check` says so of what it holds. */
function problemOf(
  { source, file }: { readonly source: string; readonly file: string },
  check: (pem: string) => string | null,
): string | null {
  if (file.length > pathLengthMax || /\p{Cc}|-----BEGIN/u.test(file)) {
    return `${source} is not the path of a file`;
  }
  const fault = faultOf(file, check);
  // The reason first: a status holds a bounded text, and a path can be long.
  return fault === null ? null : `${source} names ${fault}: ${file}`;
}

function faultOf(file: string, check: (pem: string) => string | null): string | null {
  try {
    const stat = statSync(file);
    if (!stat.isFile()) return "what is no file";
    if (stat.size > fileBytesMax) return `a file of more than ${fileBytesMax} bytes`;
    return check(readFileSync(file, "utf8"));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT" || code === "ENOTDIR") return "a file that does not exist";
    return code === "EACCES" || code === "EPERM"
      ? "a file that this process may not read"
      : "a file that cannot be read";
  }
}

function lacksCertificate(pem: string): string | null {
  return certificateIn(pem) === null ? "a file without a certificate in PEM form" : null;
}

function lacksCertificateOrKey(pem: string): string | null {
  const certificate = certificateIn(pem);
  if (certificate === null) return "a file without a certificate in PEM form";
  try {
    return certificate.checkPrivateKey(createPrivateKey(pem))
      ? null
      : "a file whose private key is not its certificate's";
  } catch {
    return "a file without a private key in PEM form that needs no passphrase";
  }
}

function certificateIn(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}
