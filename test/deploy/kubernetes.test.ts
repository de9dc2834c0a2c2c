// What is given for Kubernetes: manifests that Kubernetes takes, and that do what the service needs.

import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { IPodMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
import type { IDeployment } from "kubernetes-models/apps/v1";
import type { IConfigMap, IService } from "kubernetes-models/v1";
import { parse } from "yaml";
import { parseConfig } from "../../src/config/read.ts";
import { settingRows } from "../../src/config/setting-rows.ts";
import { readDockerfile } from "./dockerfile.ts";
import { mistakesOf, readManifests } from "./manifests.ts";

const root = join(import.meta.dir, "../..");
const folder = join(root, "deploy");
const manifests = [
  ...readManifests(join(folder, "kubernetes.yaml")),
  ...readManifests(join(folder, "podmonitor.yaml")),
];

function manifest<T>(kind: string): T {
  const found = manifests.find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`there is no ${kind}`);
  return found as unknown as T;
}

const { spec } = manifest<IDeployment>("Deployment");
const pod = spec?.template.spec;
const container = pod?.containers[0];
const image = readDockerfile(readFileSync(join(root, "Dockerfile"), "utf8")).at(-1)?.steps ?? [];
const wordsOf = (keyword: string) =>
  image.filter((step) => step.keyword === keyword).flatMap(({ words }) => words);

describe("the manifests for Kubernetes", () => {
  test("have no mistake that the schemas find, and no key that Kubernetes does not know", () => {
    expect(mistakesOf(manifests)).toEqual([]);
  });

  test("would be found wrong with a misspelled key or a value of another type", () => {
    const wrong = JSON.parse(
      JSON.stringify(manifests)
        .replace('"periodSeconds":10', '"periodSecond":10')
        .replace('"replicas":1', '"replicas":"1"'),
    );
    const said = mistakesOf(wrong).join("\n");
    expect(said).toContain("data/spec/replicas must be integer");
    expect(said).toContain("'\"periodSecond\"' does not exist in type 'IProbe'");
  });

  test("belong together: service, monitor and deployment name the same pods and the same port", () => {
    const labels = spec?.template.metadata?.labels ?? {};
    const service = manifest<IService>("Service").spec;
    const monitor = manifest<IPodMonitor>("PodMonitor").spec;
    expect(service?.selector).toEqual(labels);
    expect(spec?.selector.matchLabels).toEqual(labels);
    expect(monitor?.selector.matchLabels).toEqual(labels);
    const port = container?.ports?.[0]?.name;
    expect(service?.ports?.[0]?.targetPort).toBe(port);
    expect(monitor?.podMetricsEndpoints?.[0]).toMatchObject({ port, path: "/metrics" });
    expect(container?.ports?.[0]?.containerPort).toBe(Number(wordsOf("EXPOSE")[0]));
  });

  test("are scraped as the job that the alerts ask for", () => {
    const { jobLabel } = manifest<IPodMonitor>("PodMonitor").spec ?? {};
    const job = spec?.template.metadata?.labels?.[jobLabel ?? ""];
    const alerts = readFileSync(join(folder, "prometheus/alerts.yml"), "utf8");
    const asked = [...alerts.matchAll(/job="([^"]*)"/g)].map(([, name]) => name);
    expect(new Set(asked)).toEqual(new Set([job]));
  });

  test("ask for readiness where traffic depends on it, and for liveliness where a restart does", () => {
    const asked = [container?.livenessProbe, container?.readinessProbe, container?.startupProbe];
    expect(asked.map((probe) => probe?.httpGet?.path)).toEqual([
      ...["/health/liveliness", "/health/readiness", "/health/liveliness"],
    ]);
    expect(asked.map((probe) => probe?.httpGet?.port)).toEqual(["http", "http", "http"]);
  });

  test("leave the service more time to stop than it takes", () => {
    const boundSeconds = Number(settingRows.shutdownTimeoutMs.byDefault);
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThan(boundSeconds);
  });

  test("run one replica, as the image's user, with nothing to write to but its volume", () => {
    expect(spec?.replicas).toBe(1);
    const [uid, gid] = wordsOf("USER")[0]?.split(":").map(Number) ?? [];
    expect(pod?.securityContext).toMatchObject({
      ...{ runAsNonRoot: true, runAsUser: uid, runAsGroup: gid, fsGroup: gid },
    });
    expect(container?.securityContext).toMatchObject({
      ...{ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
    });
    const mounts = container?.volumeMounts?.map(({ mountPath }) => mountPath);
    expect(mounts).toEqual(["/etc/fleetpulse", ...wordsOf("VOLUME")]);
  });

  test("bring a configuration that is read without a complaint", () => {
    const text = manifest<IConfigMap>("ConfigMap").data?.["config.yaml"] ?? "";
    const environment = { LITELLM_MASTER_KEY: "sk-1", OPENAI_API_KEY: "sk-2" };
    const { entries, warnings } = parseConfig(text, {
      file: "config.yaml",
      environment,
      flags: {},
      cores: 2,
    });
    expect(warnings).toEqual([]);
    expect(entries.length).toBeGreaterThan(0);
  });

  test("hold no key: keys come from a Secret", () => {
    const text = readFileSync(join(folder, "kubernetes.yaml"), "utf8").replace(/^#.*$/gm, "");
    expect(text).not.toMatch(/\bsk-|password:/);
    expect(container?.env?.every(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined)).toBe(
      true,
    );
  });

  test("are a base for kustomize", () => {
    const base = parse(readFileSync(join(folder, "kustomization.yaml"), "utf8")) as {
      kind: string;
      resources: string[];
    };
    expect(base).toMatchObject({ kind: "Kustomization", resources: ["kubernetes.yaml"] });
  });
});
