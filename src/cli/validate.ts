// `bun run validate --config FILE`: what would be probed, how, and what it would cost a day. Sends nothing to anybody.

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { readConfig } from "../config/read.ts";
import { safeUrl } from "../config/secret.ts";
import { ConfigError, formatProblem } from "../errors.ts";
import { questionOf } from "../probe/families.ts";
import { type Deployment, isPlanned } from "../registry/deployment.ts";
import { withPrices } from "../registry/price.ts";
import { resolveDeployments } from "../registry/resolve.ts";

const usage = "bun run validate --config FILE   (else CONFIG_FILE_PATH, else ./config.yaml)\n";
const daySeconds = 86_400;
/** Tokens that a one-word prompt counts as, with what providers add around it. */
const promptTokens = 8;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { config: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  const named = process.env["CONFIG_FILE_PATH"];
  return validate(values.config ?? (named || "config.yaml"));
}

async function validate(file: string): Promise<number> {
  const config = readConfig({
    file,
    flags: {},
    environment: process.env,
    cores: availableParallelism(),
  });
  const { deployments, warnings } = resolveDeployments(
    config.entries,
    config.settings,
    config.environment,
  );
  const priced = await withPrices(deployments);
  const lines = [
    ...config.warnings.map((warning) => `warning: ${formatProblem(warning)}`),
    ...warnings.map((warning) => `warning: ${warning}`),
    "",
    ...listed("probed", probeColumns, priced.flatMap(probeCells)),
    ...listed(
      "cannot be probed (unhealthy)",
      reasonColumns,
      priced.flatMap((one) => reasonCells(one, one.problem)),
    ),
    ...listed(
      "not probed (unknown)",
      reasonColumns,
      priced.flatMap((one) => reasonCells(one, one.skipped)),
    ),
    ...costLines(priced),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  return 0;
}

const probeColumns = ["model_name", "model", "provider", "mode", "every", "a day", "asks"];
const reasonColumns = ["model_name", "model", "provider", "why"];

/** A heading and a table; nothing when there are no rows. */
function listed(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  if (rows.length === 0) return [];
  const all = [columns, ...rows];
  const widths = columns.map((_, column) =>
    all.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0),
  );
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd();
  return [`${rows.length} ${title}:`, ...all.map(line), ""];
}

function probeCells(deployment: Deployment): string[][] {
  const { modelName, model, provider, mode, target, intervalMs } = deployment;
  if (target === null || !isPlanned(deployment)) return [];
  const { method, url } = questionOf(target).request(target);
  const cost = costOfDay(deployment);
  const price = cost === null ? "unknown" : usd(cost);
  const { proxy } = target.route;
  const through = proxy === null ? "" : ` through the proxy ${proxy.hostname}:${proxy.port}`;
  const request = `${method} ${safeUrl(url)}${through}`;
  return [[modelName, model, provider, mode, `${intervalMs / 1000} s`, price, request]];
}

function reasonCells({ modelName, model, provider }: Deployment, reason: string | null) {
  return reason === null ? [] : [[modelName, model, provider, reason]];
}

/** USD, as if every probe spent its whole output limit; null when the price is unknown. */
function costOfDay(deployment: Deployment): number | null {
  const { target, price, intervalMs } = deployment;
  if (target === null || !isPlanned(deployment)) return 0;
  if (target.rung === "metadata" || target.mode === "realtime") return 0;
  const output = target.mode === "embedding" ? 0 : (target.maxTokens ?? 0);
  const input = price.inputUsdPerToken;
  const perOutput = output === 0 ? 0 : price.outputUsdPerToken;
  if (input === null || perOutput === null) return null;
  const probes = (daySeconds * 1000) / intervalMs;
  return probes * (promptTokens * input + output * perOutput);
}

function costLines(deployments: readonly Deployment[]): string[] {
  const asked = deployments.filter(isPlanned);
  const costs = asked.map(costOfDay);
  const known = costs.filter((cost) => cost !== null);
  const total = known.reduce((sum, cost) => sum + cost, 0);
  const probes = asked.reduce((sum, { intervalMs }) => sum + (daySeconds * 1000) / intervalMs, 0);
  const unknown = costs.length - known.length;
  return [
    `${Math.round(probes)} probes a day, at most ${usd(total)} a day while all is well`,
    ...(unknown > 0
      ? [
          `the price of ${unknown} of ${costs.length} is unknown and not in that sum (set input_cost_per_token and output_cost_per_token)`,
        ]
      : []),
  ];
}

function usd(amount: number): string {
  return `${amount === 0 ? "0" : amount.toFixed(amount < 1 ? 4 : 2)} USD`;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(error instanceof ConfigError ? 2 : 1);
  },
);
