// The Prometheus blackbox exporter: every probe is asked for by a GET /probe of its own, as Prometheus does, at most 64 at once.

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../test/servers/process.ts";
import { folder } from "../processes.ts";
import { deployments } from "./fleet.ts";
import { type Peer, pace } from "./prober.ts";
import { cacheFolder, run, serve } from "./program.ts";

const debianPackage = "prometheus-blackbox-exporter";
const atOnce = 64;
const probesAtFullSpeed = 4000;

// The request of ours. It looks at the status only, which is least work; model and key are the module's, so they are the same for all.
const module = `modules:
  chat:
    prober: http
    timeout: 30s
    http:
      method: POST
      preferred_ip_protocol: ip4
      headers: { Content-Type: application/json, Accept: application/json, Authorization: Bearer sk-bench-0 }
      body: '{"model":"model-0","messages":[{"role":"user","content":"ping"}],"max_tokens":16}'
`;

export const blackbox: Peer = {
  name: "Prometheus blackbox exporter",
  courses: [
    { how: "at the same pace", perSecond: pace.perSecond, ratioMin: 1 },
    { how: "64 at once without a pause", perSecond: Infinity, ratioMin: 1 },
  ],

  async install() {
    const file = Bun.which(debianPackage) ?? (await fetched());
    const said = await run([file, "--version"], cacheFolder(), 10_000);
    return { file, version: /version (\S+)/.exec(said)?.[1] ?? "of unknown version" };
  },

  async start({ file: program }, simulatorUrl) {
    const file = join(folder, "blackbox.yml");
    writeFileSync(file, module);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const command = [program, `--config.file=${file}`, `--web.listen-address=127.0.0.1:${port}`];
    const { pid, stop } = await serve(command, `${url}/-/healthy`);

    async function isWell(index: number): Promise<boolean> {
      const target = `${simulatorUrl}/ok-${index % deployments}/v1/chat/completions`;
      const asked = `${url}/probe?module=chat&target=${encodeURIComponent(target)}`;
      const answer = await fetch(asked, { signal: AbortSignal.timeout(30_000) });
      return /^probe_success 1$/m.test(await answer.text());
    }

    async function probe(perSecond: number): Promise<number> {
      const count = perSecond === Infinity ? probesAtFullSpeed : perSecond * pace.seconds;
      const startMs = performance.now();
      let next = 0;
      let well = 0;
      async function askOneByOne(): Promise<void> {
        while (next < count) {
          const index = next;
          next += 1;
          const waitMs = startMs + (1000 * index) / perSecond - performance.now();
          if (waitMs > 0) await Bun.sleep(waitMs);
          if (await isWell(index)) well += 1;
        }
      }
      await Promise.all(Array.from({ length: atOnce }, askOneByOne));
      return well;
    }

    await probe(Infinity);
    return { pid, probe, stop };
  },
};

async function fetched(): Promise<string> {
  const cache = cacheFolder();
  const program = join(cache, "blackbox/usr/bin", debianPackage);
  if (!(await Bun.file(program).exists())) {
    await run(["apt-get", "download", debianPackage], cache, 120_000);
    const name = readdirSync(cache).find((one) => /^prometheus-blackbox.*\.deb$/.test(one));
    await run(["dpkg", "-x", name ?? "", "blackbox"], cache, 60_000);
  }
  return program;
}
