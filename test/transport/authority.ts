// Certificates for tests: an authority of the test's own, and what it signs.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binary } from "../servers/binaries.ts";

export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Authority {
  /** The file to trust. */
  readonly caFile: string;
  /** Signs a certificate for these names, which ends in so many days; a negative number has ended. */
  sign(names: readonly string[], days?: number): Certificate;
  remove(): void;
}

const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

export function createAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), "fleetpulse-ca-"));
  const [caFile, caKey] = [join(folder, "ca.pem"), join(folder, "ca.key")];
  let signed = 0;
  openssl(["req", "-x509", ...curve, "-keyout", caKey, "-out", caFile, "-subj", "/CN=Test CA"]);
  return {
    caFile,
    sign(names, days = 30) {
      signed += 1;
      const base = join(folder, `signed-${signed}`);
      const [certFile, keyFile] = [`${base}.pem`, `${base}.key`];
      const kinds = names.map((name) => `${/^[\d.]+$|:/.test(name) ? "IP" : "DNS"}:${name}`);
      writeFileSync(`${base}.ext`, `subjectAltName=${kinds.join(",")}`);
      openssl(["req", ...curve, "-keyout", keyFile, "-out", `${base}.csr`, "-subj", "/CN=test"]);
      openssl([
        ...["x509", "-req", "-in", `${base}.csr`, "-CA", caFile, "-CAkey", caKey],
        ...["-CAcreateserial", "-out", certFile, "-days", String(days), "-extfile", `${base}.ext`],
      ]);
      return { certFile, keyFile };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function openssl(args: readonly string[]): void {
  const made = Bun.spawnSync([binary("openssl"), ...args]);
  if (made.exitCode !== 0) throw new Error(`openssl failed: ${made.stderr.toString()}`);
}
