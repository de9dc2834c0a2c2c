import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Value } from "../../src/config/config.ts";
import { parseConfig } from "../../src/config/read.ts";
import type { Route } from "../../src/registry/deployment.ts";
import { resolveDeployments } from "../../src/registry/resolve.ts";
import { binary } from "../servers/binaries.ts";
import { removeFolder, temporaryFolder } from "../servers/process.ts";

const folder = temporaryFolder("certificates");
afterAll(() => removeFolder(folder));
const at = (name: string) => join(folder, name);

function openssl(...args: string[]): void {
  const made = Bun.spawnSync([binary("openssl"), ...args]);
  if (made.exitCode !== 0) throw new Error(`openssl failed: ${made.stderr.toString()}`);
}

function write(name: string, ...parts: string[]): string {
  writeFileSync(at(name), parts.map((part) => readFileSync(at(part), "utf8")).join(""));
  return at(name);
}

for (const name of ["a", "b"]) {
  openssl(
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...[
      "-subj",
      `/CN=${name}`,
      "-days",
      "2",
      "-keyout",
      at(`${name}.key`),
      "-out",
      at(`${name}.crt`),
    ],
  );
}
openssl(
  ...["pkcs8", "-topk8", "-in", at("a.key"), "-passout", "pass:abcd", "-out", at("locked.key")],
);
const bundle = write("bundle.pem", "a.crt", "b.crt");
const client = write("client.pem", "a.crt", "a.key");
const swapped = write("swapped.pem", "a.crt", "b.key");
const locked = write("locked.pem", "a.crt", "locked.key");
const keyOnly = write("key-only.pem", "a.key");
const missing = at("missing.pem");
const long = at("long.pem");
writeFileSync(long, Buffer.alloc(5 * 1024 * 1024, "#"));
const directory = at("directory");
mkdirSync(directory);

const wayOf = { proxy: null, verifyTls: true, caFile: null, clientCertificate: null };

interface Given {
  /** Of the deployment. */
  readonly own?: Value;
  readonly litellm?: Readonly<Record<string, Value>>;
  readonly environment?: Record<string, string>;
  readonly base?: string;
}

function deploymentOf({ own, litellm = {}, environment = {}, base = "https://box/v1" }: Given) {
  const text = JSON.stringify({
    model_list: [
      {
        model_name: "one",
        litellm_params: {
          model: "hosted_vllm/llama",
          api_base: base,
          ...(own === undefined ? {} : { ssl_verify: own }),
        },
      },
    ],
    litellm_settings: litellm,
  });
  const config = parseConfig(text, { file: "f", flags: {}, environment, cores: 2 });
  const resolved = resolveDeployments(config.entries, config.settings, config.environment);
  const [deployment] = resolved.deployments;
  if (deployment === undefined) throw new Error("no deployment");
  return deployment;
}

describe("ssl_verify", () => {
  const cases: [title: string, given: Given, route: Partial<Route>][] = [
    ["verifies with the usual authorities when nobody says anything", {}, {}],
    ["of the file may be false", { litellm: { ssl_verify: false } }, { verifyTls: false }],
    ["of the file may name a bundle", { litellm: { ssl_verify: bundle } }, { caFile: bundle }],
    [
      "of the environment wins over the file",
      { litellm: { ssl_verify: bundle }, environment: { SSL_VERIFY: "False" } },
      { verifyTls: false },
    ],
    [
      "of the environment may name a bundle",
      { litellm: { ssl_verify: false }, environment: { SSL_VERIFY: bundle } },
      { caFile: bundle },
    ],
    [
      "of the deployment wins over the environment",
      { own: false, environment: { SSL_VERIFY: bundle } },
      { verifyTls: false },
    ],
    [
      "of the deployment wins as a whole, so that true is the usual authorities",
      { own: true, litellm: { ssl_verify: bundle } },
      {},
    ],
    ["of the deployment may be a word", { own: "False" }, { verifyTls: false }],
    [
      "of the deployment may name a bundle",
      { own: bundle, litellm: { ssl_verify: false } },
      { caFile: bundle },
    ],
    ["true takes SSL_CERT_FILE", { environment: { SSL_CERT_FILE: bundle } }, { caFile: bundle }],
    [
      "with a bundle of its own does not take SSL_CERT_FILE",
      { own: bundle, environment: { SSL_CERT_FILE: missing } },
      { caFile: bundle },
    ],
    [
      "false does not take SSL_CERT_FILE",
      { own: false, environment: { SSL_CERT_FILE: missing } },
      { verifyTls: false },
    ],
  ];
  for (const [title, given, route] of cases) {
    test(title, () => {
      const { target, problem } = deploymentOf(given);
      expect(problem).toBeNull();
      expect(target?.route).toEqual({ ...wayOf, ...route });
    });
  }

  test("that is a variable that is not set is the deployment's problem", () => {
    expect(deploymentOf({ own: "os.environ/BUNDLE" }).problem).toContain("BUNDLE is not set");
  });

  test("that is neither is the deployment's problem", () => {
    expect(deploymentOf({ own: 7 }).problem).toBe(
      "litellm_params.ssl_verify is not true, false or the path of a file",
    );
  });
});

describe("ssl_certificate", () => {
  const shown = { clientCertificate: { certFile: client, keyFile: client } };
  const cases: [title: string, given: Given, route: Partial<Route>][] = [
    ["is taken from the file", { litellm: { ssl_certificate: client } }, shown],
    [
      "is taken from the environment first",
      { litellm: { ssl_certificate: missing }, environment: { SSL_CERTIFICATE: client } },
      shown,
    ],
    [
      "is shown where the other side is not verified too",
      { own: false, environment: { SSL_CERTIFICATE: client } },
      { ...shown, verifyTls: false },
    ],
  ];
  for (const [title, given, route] of cases) {
    test(title, () => {
      expect(deploymentOf(given).target?.route).toEqual({ ...wayOf, ...route });
    });
  }
});

describe("a file that cannot serve is the deployment's problem:", () => {
  const global = "litellm_settings.ssl_verify or SSL_VERIFY";
  const own = "litellm_settings.ssl_certificate or SSL_CERTIFICATE";
  const pem = readFileSync(client, "utf8");
  const cases: [title: string, given: Given, problem: string][] = [
    [
      "a bundle of the deployment that is missing",
      { own: missing },
      `litellm_params.ssl_verify names a file that does not exist: ${missing}`,
    ],
    [
      "a bundle of the settings that is missing",
      { litellm: { ssl_verify: missing } },
      `${global} names a file that does not exist: ${missing}`,
    ],
    [
      "SSL_CERT_FILE that is missing",
      { environment: { SSL_CERT_FILE: missing } },
      `SSL_CERT_FILE names a file that does not exist: ${missing}`,
    ],
    [
      "a folder",
      { own: directory },
      `litellm_params.ssl_verify names what is no file: ${directory}`,
    ],
    [
      "a bundle without a certificate",
      { own: keyOnly },
      `litellm_params.ssl_verify names a file without a certificate in PEM form: ${keyOnly}`,
    ],
    [
      "a bundle without end",
      { own: long },
      `litellm_params.ssl_verify names a file of more than 4194304 bytes: ${long}`,
    ],
    [
      "a client certificate that is missing",
      { litellm: { ssl_certificate: missing } },
      `${own} names a file that does not exist: ${missing}`,
    ],
    [
      "a client certificate without its key",
      { environment: { SSL_CERTIFICATE: bundle } },
      `${own} names a file without a private key in PEM form that needs no passphrase: ${bundle}`,
    ],
    [
      "a client certificate with a locked key",
      { environment: { SSL_CERTIFICATE: locked } },
      `${own} names a file without a private key in PEM form that needs no passphrase: ${locked}`,
    ],
    [
      "a client certificate with another's key",
      { environment: { SSL_CERTIFICATE: swapped } },
      `${own} names a file whose private key is not its certificate's: ${swapped}`,
    ],
    [
      "a key in the place of its file, which is not shown",
      { environment: { SSL_CERTIFICATE: pem } },
      `${own} is not the path of a file`,
    ],
    [
      "a short key in the place of its file, which is not shown",
      { environment: { SSL_CERTIFICATE: "-----BEGIN PRIVATE KEY-----\\nMIGH" } },
      `${own} is not the path of a file`,
    ],
  ];
  for (const [title, given, problem] of cases) {
    test(title, () => {
      const deployment = deploymentOf(given);
      expect(deployment.target).toBeNull();
      expect(deployment.problem).toBe(problem);
    });
  }

  test("but not of one that is asked without TLS", () => {
    const { target } = deploymentOf({ own: missing, base: "http://box/v1" });
    expect(target?.route).toEqual(wayOf);
  });

  test("and of one that is asked through a proxy with TLS", () => {
    const environment = { HTTP_PROXY: "https://proxy" };
    expect(deploymentOf({ own: missing, base: "http://box/v1", environment }).problem).toContain(
      "does not exist",
    );
  });
});
