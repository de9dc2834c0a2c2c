// `bun run validate --config FILE`: what would be probed, how, and what it would cost a day. Sends nothing to anybody.

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { readConfig } from "../config/read.ts";
import { safeUrl } from "../config/secret.ts";
import type { Settings } from "../config/settings.ts";
import { ConfigError, formatProblem } from "../errors.ts";
import { questionOf } from "../probe/families.ts";
import { wrongKeyQuestion } from "../probe/key-test.ts";
import { type Deployment, isPlanned, type ProbeTarget } from "../registry/deployment.ts";
import { withPrices } from "../registry/price.ts";
import { resolveDeployments } from "../registry/resolve.ts";
import { estimatedUsd, estimateOf } from "../schedule/cost.ts";
import { wordsOf } from "./words.ts";

const usage = "bun run validate --config FILE   (else CONFIG_FILE_PATH, else ./config.yaml)\n";
const daySeconds = 86_400;

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
    ...costLines(priced, config.settings),
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
  const { modelName, model, provider, mode, target, plan, intervalMs } = deployment;
  if (target === null || !isPlanned(deployment)) return [];
  const cost = costOfDay(deployment);
  const price = cost === null ? "unknown" : usd(cost.usd);
  const { proxy } = target.route;
  const through = proxy === null ? "" : ` through the proxy ${proxy.hostname}:${proxy.port}`;
  const paidMs = plan.paidIntervalMs === null ? null : Math.max(intervalMs, plan.paidIntervalMs);
  const then = paidMs === null ? "in doubt" : `every ${paidMs / 1000} s`;
  const request =
    plan.rung === "auto"
      ? `${requestOf({ ...target, rung: "metadata", stream: false })}, and ${then} ${requestOf(target)}`
      : requestOf(target);
  return [[modelName, model, provider, mode, `${intervalMs / 1000} s`, price, request + through]];
}

function requestOf(target: ProbeTarget): string {
  const { method, url } = questionOf(target).request(target);
  return `${method} ${safeUrl(url)}`;
}

function reasonCells({ modelName, model, provider }: Deployment, reason: string | null) {
  return reason === null ? [] : [[modelName, model, provider, reason]];
}

interface DayCost {
  /** Paid probes. */
  readonly paid: number;
  readonly tokens: number;
  readonly usd: number;
}

/**
 * As if every paid probe spent its whole output limit, within the deployment's budget; null when the price is not known. `inDoubt`: the
 * free question proves nothing, as far as that is open.
 */
function costOfDay(deployment: Deployment, inDoubt = false): DayCost | null {
  const { target, price, plan, intervalMs } = deployment;
  const isFree = plan.rung === "metadata" || (plan.rung === "auto" && plan.paidIntervalMs === null);
  if (target === null || isFree) return { paid: 0, tokens: 0, usd: 0 };
  const each = estimatedUsd(target, price);
  const { tokens } = estimateOf(target, price);
  const isPaidEachTime = plan.rung !== "auto" || (inDoubt && isDoubtful(deployment));
  const everyMs = isPaidEachTime ? intervalMs : Math.max(intervalMs, plan.paidIntervalMs ?? 0);
  const paid = Math.min(
    (daySeconds * 1000) / everyMs,
    plan.tokensPerDay === null || tokens === 0
      ? Number.POSITIVE_INFINITY
      : plan.tokensPerDay / tokens,
    plan.usdPerDay === null || each === null || each === 0
      ? Number.POSITIVE_INFINITY
      : plan.usdPerDay / each,
  );
  return each === null ? null : { paid, tokens: paid * tokens, usd: paid * each };
}

/** Its list of models may be for everybody, which is found out by asking. */
function isDoubtful({ target, plan }: Deployment): boolean {
  if (target === null || plan.rung !== "auto" || plan.paidIntervalMs === null) return false;
  return wrongKeyQuestion({ ...target, rung: "metadata" }) !== null;
}

/** Of all, within the budget of all; `share` is the part of the paid probes that it leaves. */
function totalOf(costs: readonly DayCost[], { tokensPerDay, usdPerDay }: Settings) {
  const sum = (field: keyof DayCost) => costs.reduce((all, cost) => all + cost[field], 0);
  const share = Math.min(
    1,
    tokensPerDay === null || sum("tokens") === 0 ? 1 : tokensPerDay / sum("tokens"),
    usdPerDay === null || sum("usd") === 0 ? 1 : usdPerDay / sum("usd"),
  );
  return { usd: sum("usd") * share, share };
}

function costLines(deployments: readonly Deployment[], settings: Settings): string[] {
  const asked = deployments.filter(isPlanned);
  const known = asked.map((one) => costOfDay(one)).filter((cost) => cost !== null);
  const worst = asked.map((one) => costOfDay(one, true)).filter((cost) => cost !== null);
  const probes = asked.reduce((all, { intervalMs }) => all + (daySeconds * 1000) / intervalMs, 0);
  const unknown = asked.length - known.length;
  const usual = totalOf(known, settings);
  const doubtful = asked.filter(isDoubtful).length;
  return [
    `${Math.round(probes)} probes a day, at most ${usd(usual.usd)} a day while all is well`,
    ...(usual.share < 1
      ? ["the budget of all deployments keeps some paid probes from being asked"]
      : []),
    ...(doubtful > 0
      ? [
          `at most ${usd(totalOf(worst, settings).usd)} if the lists of models of ${doubtful} of them are for everybody, so that no key is tested for free`,
        ]
      : []),
    ...(unknown > 0
      ? [
          `the price of ${unknown} of ${asked.length} is unknown and not in that sum (set input_cost_per_token and output_cost_per_token)`,
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
    process.stderr.write(`${wordsOf(error)}\n`);
    process.exit(error instanceof ConfigError ? 2 : 1);
  },
);
