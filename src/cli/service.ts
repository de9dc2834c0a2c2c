// The whole service, composed: configuration -> registry -> table -> fleet -> server, and the way back down.
// Every part is built here and handed on; no part finds another by itself.

import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import { formatProblem } from "../errors.ts";
import type { Exports } from "../exports/exports.ts";
import { type Fleet, startFleet } from "../fleet/fleet.ts";
import { createStaleCount } from "../fleet/stale.ts";
import type { History } from "../history/history.ts";
import { createMetrics } from "../metrics/metrics.ts";
import { isPlanned } from "../registry/deployment.ts";
import { createRegistry } from "../registry/registry.ts";
import type { ServerState } from "../server/messages.ts";
import { type Services, startServices } from "../services/services.ts";
import { createReader } from "../table/reader.ts";
import { emptyRow } from "../table/row.ts";
import { takeCountersOfBytes } from "../table/row-words.ts";
import { giveBackNow, giveBackSoon } from "../threads/give-back.ts";
import { watchThreads } from "../threads/own-threads.ts";
import { collectorsYield } from "../threads/priority.ts";
import { createServingCore } from "../threads/serving-core.ts";
import { version } from "../version.ts";
import { hostOf, openWarning } from "./address.ts";
import { startExporting } from "./exporting.ts";
import { historySample, membersOf, recordHistory, restoredRows } from "./history.ts";
import type { Log } from "./log.ts";
import { wireOnRequest } from "./on-request.ts";
import { rateWarning } from "./rate-warning.ts";
import type { ReadFleet } from "./reading.ts";
import { createReloading } from "./reloading.ts";
import { firstScreen } from "./screen.ts";
import { startServing } from "./serving.ts";
import { createSharing, type Sharing } from "./sharing.ts";
import { answerOf, samplesOf, stateOf } from "./shown.ts";
import type { ConfigSource } from "./source.ts";
import { openTableBacking } from "./table-backing.ts";
import { configuredOf, countTraffic } from "./traffic.ts";

export interface Service {
  readonly url: URL;
  /** What a person should see first. */
  readonly screen: string;
  /** How long `stop` may take, as the configuration that runs says. */
  readonly stopTimeoutMs: number;
  /** Reads the configuration anew; a bad one is refused and the running one stays. */
  reload(): Promise<boolean>;
  /** Answers 503 on the probes of the process, finishes what is in flight, ends everything. */
  stop(): Promise<void>;
}

/** How often all slots are looked through for overdue probes. */
const staleCheckMs = 1000;
/** What was seen last is written down also when stopping may take no time; on a machine that is not busy it takes some milliseconds. */
const lastWriteMs = 2000;

/** Starts everything; throws ConfigError when the configuration is wrong. */
export async function startService(source: ConfigSource, clock: Clock, log: Log): Promise<Service> {
  const readAtMs = clock.wallMs();
  const first = await source.read();
  let { config } = first;
  // Whatever a reload says: where it listens is decided here.
  const host = hostOf(config.settings);
  for (const warning of config.warnings) log.warn(formatProblem(warning));
  const backing = openTableBacking(config.settings, log);
  const { table } = backing;
  const registry = createRegistry();
  const reader = createReader(table);
  /** One for all that is restored: to make a row of each took 30 ms of a restart with 10,000. */
  const counted = emptyRow();
  const loads = { applied: 0, refused: 0, loadedAtMs: clock.wallMs() };
  let configured = false;
  let isComposed = false;
  let stale = 0;
  let history: History | null = null;
  let exporting: Exports | null = null;
  // Before anything else: it loads its modules while the configuration is read.
  const serving = startServing({
    version,
    latencyBuckets: config.settings.latencyBuckets,
    table,
    clock,
    entry: new URL("../../workers/server.ts", import.meta.url),
    state: () => (isComposed ? shownState() : null),
    answer: (ask, gone) => answerOf(ask, gone, { metrics, onRequest, traffic }),
    openHistory: () => history?.open() ?? null,
    onFault: (text) => log.error(text),
    onNotice: (text) => log.warn(text),
  });
  const restored = await restoredRows(config.settings, log);
  const services: Services = startServices({
    settings: config.settings,
    clock,
    onChange: (service, { status, error }) =>
      status === "connected"
        ? log.info(`${service} is connected`)
        : log.warn(`${service} is disconnected: ${error ?? "no reason given"}`),
  });

  const traffic = countTraffic({
    settings: config.settings,
    clock,
    registry,
    onPassive: (outcomes) => fleet.passive(outcomes),
    log,
  });
  const sharing: Sharing = createSharing({
    ...{ settings: config.settings, table, registry, clock, log },
    fleet: () => fleet,
    obey: (order) => onRequest.obey(order),
  });
  const fleet: Fleet = startFleet({
    table,
    registry,
    threads: config.settings.threads,
    clock,
    entry: new URL("../../workers/prober.ts", import.meta.url),
    restored: restored.rows,
    onRestore: (slot, common, row) => {
      takeCountersOfBytes(row, counted);
      metrics.restore(slot, common, counted);
    },
    onRetire: (slot, deployment) => metrics.retire(slot, deployment, reader.read(slot).row),
    onAssigned: () => onRequest.resume(),
    onNotice: (text) => log.warn(text),
    isOurs: sharing.isOurs,
    onForeign: sharing.send,
    shift: sharing.shift,
    onPeerRow: (slot, common, before, after) => metrics.leaveOut(slot, common, before, after),
  });
  const metrics = createMetrics({
    version,
    reported: traffic,
    table,
    reader,
    registry,
    services: () => samplesOf(services),
    threads: fleet.threads,
    config: () => loads,
    history: () => (history === null ? null : historySample(history.state())),
    cluster: sharing.sample,
    stale: () => stale,
    exports: () => exporting?.states() ?? [],
    latencyBuckets: config.settings.latencyBuckets,
    litellmMetrics: config.settings.litellmMetrics,
    deploymentsMax: () => ({
      scrape: config.settings.metricsDeployments,
      push: config.settings.exportDeployments,
    }),
  });
  const onRequest = wireOnRequest({
    ...{ table, reader, registry, fleet, clock },
    config: () => config,
    leave: sharing.leave,
  });

  isComposed = true;

  function shownState(): ServerState {
    return stateOf({ services, fleet, history, configured, stale, cluster: sharing.shown() });
  }

  function warnOfOpenness(): void {
    const warning = openWarning(config.settings, host);
    if (warning !== null) log.warn(warning);
  }

  async function apply(next: Config, { deployments, warnings }: ReadFleet): Promise<void> {
    for (const warning of warnings) log.warn(warning);
    const late = rateWarning(deployments, next.settings);
    if (late !== null) log.warn(late);
    backing.reserve(deployments, registry);
    config = next;
    loads.loadedAtMs = clock.wallMs();
    const change = registry.replace(deployments);
    serving.configure(next.settings, next.settings.shutdownTimeoutMs, registry);
    history?.follow(membersOf(registry));
    backing.restore(registry, restored);
    await sharing.give(() => fleet.apply(change, next.settings));
    traffic.follow(configuredOf(registry));
    giveBackSoon(deployments.length);
    backing.publish();
  }

  const firstFleet = await first.fleet();
  await apply(config, firstFleet);
  // Not before: what it follows is in the table, and the prober threads start sooner without it.
  if (config.settings.history) {
    const { settings } = config;
    history = recordHistory({ settings, table, clock, log, onThread: serving.renewHistory });
  }
  history?.follow(membersOf(registry));
  configured = true;
  serving.tell();
  exporting = startExporting({
    settings: () => config.settings,
    version,
    metrics,
    state: shownState,
    clock,
    log,
  });
  const url = await serving.listen(host, config.settings.port);
  warnOfOpenness();
  source.listening({ url: url.href, key: config.settings.masterKey?.reveal() ?? null });
  // What the start leaves behind here is gone before the fleet's first round adds to it.
  giveBackNow(firstFleet.deployments.length);

  const countStale = createStaleCount(registry, reader, clock);
  const seen = watchThreads();
  const servingCore = createServingCore(serving.kernelThread, clock);
  const staleWatch = setInterval(() => {
    const threads = seen();
    collectorsYield(threads.fresh);
    servingCore.check(threads);
    stale = countStale(config.settings.staleAfterMs);
  }, staleCheckMs);

  const reloading = createReloading({
    ...{ source, first: first.config, readAtMs, clock, log },
    config: () => config,
    running: () => ({ host, deployments: registry.slots().length }),
    onBegin: servingCore.release,
    apply: async (next, fleet) => {
      await apply(next, fleet);
      warnOfOpenness();
    },
    onEnd: (result) => {
      loads[result] += 1;
    },
  });

  const isLeftOut = (slot: number) => {
    const common = registry.commonAt(slot);
    return common !== null && !isPlanned(common);
  };
  return {
    url,
    screen: firstScreen({
      version,
      url,
      source: source.description,
      deployments: registry.slots().length,
      groups: firstFleet.groups,
      threads: config.settings.threads,
      notProbed: registry.slots().filter(isLeftOut).length,
      needsKey: config.settings.masterKey !== null,
      publicRoutes: config.settings.publicRoutes,
    }),
    get stopTimeoutMs() {
      return config.settings.shutdownTimeoutMs;
    },
    reload: reloading.reload,
    async stop() {
      serving.announceShutdown();
      reloading.stop();
      clearInterval(staleWatch);
      servingCore.release();
      configured = false;
      serving.tell();
      const { shutdownTimeoutMs } = config.settings;
      const deadlineMs = clock.monotonicMs() + shutdownTimeoutMs;
      await onRequest.stopProbing(shutdownTimeoutMs / 2);
      await history?.stop(Math.max(lastWriteMs, shutdownTimeoutMs / 4));
      // Until here everything is answered, with 503 on the probes of the process.
      await serving.stop(deadlineMs - clock.monotonicMs());
      await Promise.all([fleet.stop(), services.stop(), source.stop(), exporting?.stop()]);
      metrics.stop();
      await traffic.stop();
      backing.release();
    },
  };
}
