// LiteLLM's proxy: GET /health, which probes every deployment of its configuration and answers when all have answered.

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../test/servers/process.ts";
import { folder } from "../processes.ts";
import { fleetOf } from "./fleet.ts";
import type { Peer } from "./prober.ts";
import { cacheFolder, run, serve } from "./program.ts";

const version = "1.105.0";
const masterKey = "sk-bench";
/** Its garbage collector has a long turn about every fourth time; these have one of them. */
const sweeps = 4;

/** What keeps it from asking the internet for prices, announcements and the like. */
const offline = {
  LITELLM_LOCAL_MODEL_COST_MAP: "True",
  LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS: "True",
  LITELLM_LOCAL_POLICY_TEMPLATES: "True",
  LITELLM_LOCAL_BLOG_POSTS: "True",
  LITELLM_LOCAL_AUTOROUTER_PRESETS: "True",
  HF_HUB_OFFLINE: "1",
  // It reads no .env file then.
  LITELLM_MODE: "PRODUCTION",
};

export const litellm: Peer = {
  name: "LiteLLM",
  courses: [{ how: "GET /health, all at once", perSecond: Infinity, ratioMin: 5 }],

  async install() {
    const cache = cacheFolder();
    const home = join(cache, `litellm-${version}`);
    const complete = join(home, "complete");
    if (!(await Bun.file(complete).exists())) {
      rmSync(home, { recursive: true, force: true });
      await run(["python3", "-m", "venv", home], cache, 60_000);
      const packages = ["--only-binary=:all:", `litellm[proxy]==${version}`];
      const pip = [join(home, "bin/python"), "-m", "pip", "install", "--quiet", ...packages];
      await run(pip, cache, 600_000);
      writeFileSync(complete, "");
    }
    return { file: join(home, "bin/litellm"), version };
  },

  async start({ file: program }, simulatorUrl) {
    const file = join(folder, "litellm.yaml");
    writeFileSync(
      file,
      `${fleetOf(simulatorUrl, {})}general_settings: { master_key: ${masterKey} }\n`,
    );
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const command = [program, "--config", file, "--host", "127.0.0.1", "--port", String(port)];
    const environment = { HOME: folder, ...offline };
    const { pid, stop } = await serve(command, `${url}/health/liveliness`, environment);

    async function probe(): Promise<number> {
      let good = 0;
      for (let sweep = 0; sweep < sweeps; sweep += 1) {
        const answer = await fetch(`${url}/health`, {
          headers: { authorization: `Bearer ${masterKey}` },
          // It closes a connection that was idle for a while, which a request may run into.
          keepalive: false,
          signal: AbortSignal.timeout(60_000),
        });
        good += ((await answer.json()) as { healthy_count: number }).healthy_count;
      }
      return good;
    }

    await probe();
    return { pid, probe, stop };
  },
};
