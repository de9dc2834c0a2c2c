// `bun run probe DEPLOYMENT --config FILE`: asks one deployment once, and shows what went over the wire and what it means. The
// service does not have to run, and what it knows is not changed.

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { systemClock } from "../clock.ts";
import { readConfig } from "../config/read.ts";
import { ConfigError } from "../errors.ts";
import { exchange } from "../logins/exchange.ts";
import { createLogins } from "../logins/logins.ts";
import { createProber } from "../probe/probe.ts";
import { secretsOf } from "../probe/shown-text.ts";
import type { Deployment, Rung } from "../registry/deployment.ts";
import { withPrices } from "../registry/price.ts";
import { resolveDeployments } from "../registry/resolve.ts";
import { outcomeClasses } from "../table/outcome-class.ts";
import { createHttpTransport, keepNone } from "../transport/client.ts";
import { createResolver } from "../transport/resolver.ts";
import type { Transport } from "../transport/transport.ts";
import { linesOfReport, type Recorded, titleOf } from "./probe-report.ts";
import { wordsOf } from "./words.ts";

const usage = `bun run probe DEPLOYMENT [--config FILE] [--rung completion|metadata]
  DEPLOYMENT  a model_name, a model_id, or litellm_params.model; without it, all are listed
  --config    else CONFIG_FILE_PATH, else ./config.yaml
  --rung      metadata asks the free question
exit code: 0 healthy or degraded, 1 neither, 2 nothing was asked
`;
const nothingAsked = 2;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: "string" },
      rung: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  const { rung } = values;
  if (positionals.length > 1 || (rung !== undefined && !isRung(rung))) {
    process.stderr.write(usage);
    return nothingAsked;
  }
  const file = values.config ?? (process.env["CONFIG_FILE_PATH"] || "config.yaml");
  return probe(file, positionals[0] ?? null, rung ?? null);
}

function isRung(text: string): text is Rung {
  return text === "completion" || text === "metadata";
}

async function probe(file: string, name: string | null, rung: Rung | null): Promise<number> {
  const config = readConfig({
    file,
    flags: {},
    environment: process.env,
    cores: availableParallelism(),
  });
  const { deployments } = resolveDeployments(config.entries, config.settings, config.environment);
  const found = name === null ? deployments : deployments.filter((one) => isNamed(one, name));
  const [only] = found;
  if (only === undefined || found.length > 1 || name === null) {
    process.stderr.write(choiceOf(found, deployments, name));
    return nothingAsked;
  }
  const [deployment = only] = await withPrices([only]);
  if (deployment.target === null) {
    const reason = deployment.problem ?? deployment.skipped ?? "";
    process.stdout.write(`${titleOf(deployment)}\n\nit cannot be asked: ${reason}\n`);
    return nothingAsked;
  }
  const target = { ...deployment.target, rung: rung ?? deployment.target.rung };
  return ask({ ...deployment, target }, config.settings.responseBytesMax);
}

function isNamed({ modelName, modelId, model }: Deployment, name: string): boolean {
  return modelName === name || modelId === name || model === name;
}

/** Which ones there are to choose from. */
function choiceOf(
  found: readonly Deployment[],
  all: readonly Deployment[],
  name: string | null,
): string {
  const heading =
    name === null
      ? "Which one?"
      : found.length === 0
        ? `There is no deployment ${name}. There are:`
        : `${found.length} deployments are called ${name}. Name one by its model_id:`;
  const listed = found.length === 0 ? all : found;
  const shown = listed.slice(0, 100).map((one) => `  ${titleOf(one)}`);
  const more = listed.length - shown.length;
  return [heading, ...shown, ...(more > 0 ? [`  … and ${more} more`] : []), ""].join("\n");
}

async function ask(
  deployment: Deployment & { readonly target: NonNullable<Deployment["target"]> },
  bodyBytesMax: number,
): Promise<number> {
  const { target, deadlines } = deployment;
  const transport = createHttpTransport({ resolver: createResolver(), keep: keepNone });
  const exchanges: Recorded[] = [];
  const recordedIn = (list: Recorded[]): Transport => ({
    async exchange(request, options) {
      const ended = await transport.exchange(request, options);
      list.push({ request, exchange: ended });
      return ended;
    },
    close: () => transport.close(),
  });
  const loginExchanges: Recorded[] = [];
  const logins = createLogins(
    (login) => exchange({ transport: recordedIn(loginExchanges), clock: systemClock }, login),
    systemClock,
  );
  const prober = createProber({
    transport: recordedIn(exchanges),
    bodyBytesMax,
    clock: systemClock,
    logins,
  });
  const { outcome } = await prober({ target, deadlines });
  transport.close();
  const secrets = secretsOf(target);
  const report = { deployment, loginExchanges, exchanges, outcome, secrets };
  process.stdout.write(`${linesOfReport(report, systemClock.wallMs()).join("\n")}\n`);
  const { effect } = outcomeClasses[outcome.class];
  return effect === "passed" || effect === "degraded" ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${wordsOf(error)}\n`);
    process.exit(error instanceof ConfigError ? nothingAsked : 1);
  },
);
