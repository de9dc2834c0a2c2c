// Kubernetes manifests held against the schemas of Kubernetes and of the Prometheus operator: types and required keys by their
// validators, keys that do not exist by their TypeScript declarations.

import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PodMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
import { Deployment } from "kubernetes-models/apps/v1";
import { ConfigMap, Service } from "kubernetes-models/v1";
import { parseAllDocuments } from "yaml";
import { removeFolder, temporaryFolder } from "../servers/process.ts";

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
}

interface Kind {
  readonly apiVersion: string;
  /** Where its types are. */
  readonly from: string;
  validate(manifest: object): void;
}

const root = join(import.meta.dir, "../..");

const kinds: Readonly<Record<string, Kind>> = {
  ConfigMap: {
    apiVersion: "v1",
    from: "kubernetes-models/v1",
    validate: (manifest) => new ConfigMap(manifest as never).validate(),
  },
  Service: {
    apiVersion: "v1",
    from: "kubernetes-models/v1",
    validate: (manifest) => new Service(manifest as never).validate(),
  },
  Deployment: {
    apiVersion: "apps/v1",
    from: "kubernetes-models/apps/v1",
    validate: (manifest) => new Deployment(manifest as never).validate(),
  },
  PodMonitor: {
    apiVersion: "monitoring.coreos.com/v1",
    from: "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1",
    validate: (manifest) => new PodMonitor(manifest as never).validate(),
  },
};

export function readManifests(file: string): Manifest[] {
  return parseAllDocuments(readFileSync(file, "utf8")).map((document) => {
    const [mistake] = document.errors;
    if (mistake !== undefined) throw mistake;
    return document.toJS() as Manifest;
  });
}

/** What the schemas find wrong, one sentence a mistake. */
export function mistakesOf(manifests: readonly Manifest[]): string[] {
  const mistakes = manifests.flatMap((manifest) => {
    const kind = kinds[manifest.kind];
    if (kind?.apiVersion !== manifest.apiVersion)
      return [`${manifest.apiVersion} has no ${manifest.kind}`];
    try {
      kind.validate(manifest);
      return [];
    } catch (error) {
      return [`${manifest.kind}: ${error instanceof Error ? error.message : String(error)}`];
    }
  });
  return [...mistakes, ...unknownKeysOf(manifests)];
}

/** The schemas let a misspelled key pass; a literal of the declared type does not. */
function unknownKeysOf(manifests: readonly Manifest[]): string[] {
  const folder = temporaryFolder("manifests");
  try {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const lines = manifests.map(({ kind, ...rest }, number) => {
      const from = kinds[kind]?.from ?? "";
      const literal = JSON.stringify({ kind, ...rest });
      return `export const m${number}: import("${from}").I${kind} = ${literal};`;
    });
    writeFileSync(join(folder, "manifests.ts"), lines.join("\n"));
    const options = ["--noEmit", "--strict", "--skipLibCheck", "--pretty", "false"];
    const { stdout } = Bun.spawnSync({
      cmd: [
        ...[process.execPath, join(root, "node_modules/typescript/bin/tsc"), ...options],
        ...["--module", "nodenext", "--types", "", "manifests.ts"],
      ],
      cwd: folder,
    });
    return stdout.toString().split("\n").filter(Boolean);
  } finally {
    removeFolder(folder);
  }
}
