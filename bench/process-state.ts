// What the kernel tells of a process: resident memory, sockets, threads.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export function residentMiB(pid: number): number {
  return statusOf(pid, "VmRSS") / 1024;
}

/** The most that was ever resident: what a container's limit has to allow. */
export function residentMaxMiB(pid: number): number {
  return statusOf(pid, "VmHWM") / 1024;
}

export function threads(pid: number): number {
  return statusOf(pid, "Threads");
}

export function sockets(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((name) => {
    try {
      return readlinkSync(`${folder}/${name}`).startsWith("socket:");
    } catch {
      // Closed since it was listed.
      return false;
    }
  }).length;
}

/** How many files and sockets it may have open. */
export function openFilesMax(pid: number): number {
  const limits = readFileSync(`/proc/${pid}/limits`, "utf8");
  const soft = /^Max open files\s+(\S+)/m.exec(limits)?.[1];
  return soft === "unlimited" ? Infinity : Number(soft);
}

function statusOf(pid: number, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
}
