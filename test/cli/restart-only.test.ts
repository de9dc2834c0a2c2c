import { describe, expect, test } from "bun:test";
import { restartOnlyChanges } from "../../src/cli/restart-only.ts";
import { parseConfig } from "../../src/config/read.ts";

function settings(own: string, more = "") {
  const text = `model_list: []\nfleetpulse: {${own}}\n${more}`;
  return parseConfig(text, { file: "config.yaml", flags: {}, environment: {}, cores: 4 }).settings;
}

describe("a reload", () => {
  test("names a list that has changed and needs a restart", () => {
    const changes = restartOnlyChanges(
      settings("latency_buckets: [1, 2]"),
      settings("latency_buckets: [1, 3]"),
    );
    expect(changes).toEqual(["fleetpulse.latency_buckets"]);
  });

  test("says nothing of a list that is the same", () => {
    const own = 'latency_buckets: [1, 2], statsd_tags: ["env:prod"]';
    expect(restartOnlyChanges(settings(own), settings(own))).toEqual([]);
  });

  test("says that a first key would have the service listen for others", () => {
    const keyed = settings("", "general_settings: {master_key: sk-1}\n");
    expect(restartOnlyChanges(settings(""), keyed)).toContain("--host");
  });

  test("names Redis, which stands in several places", () => {
    const redis = settings("", "router_settings: {redis_host: r}\n");
    expect(restartOnlyChanges(settings(""), redis)).toEqual(["Redis"]);
  });
});
