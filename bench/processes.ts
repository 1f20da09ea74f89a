/**
 * Child processes of the benchmark: servers that print their address, a client that prints its counts, and what the
 * operating system says about their memory.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A server process and where it listens. */
export interface ServerProcess {
  readonly url: string;
  readonly process: ChildProcess;
  /** From the start of the process to its first line, in milliseconds. */
  readonly startedInMs: number;
}

/** A tick of the process table: 100 a second on every Linux that Node runs on. */
const MS_PER_TICK = 10;

export function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** Starts a server and waits for the line with its address. */
export async function startServer(args: readonly string[]): Promise<ServerProcess> {
  const startedAtMs = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await firstLine(child);
  const startedInMs = performance.now() - startedAtMs;
  const url = line.startsWith('{') ? String(JSON.parse(line).url) : line;
  return { url, process: child, startedInMs };
}

export async function stopServer(server: ServerProcess): Promise<void> {
  const exited = once(server.process, 'exit');
  server.process.kill('SIGTERM');
  await exited;
}

/** Runs a program to its end and returns what it printed last, as JSON. */
export async function runForJson(args: readonly string[]): Promise<Record<string, number>> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await firstLine(child);
  if (child.exitCode === null) await once(child, 'exit');
  return JSON.parse(line);
}

/** Resident memory of a process in bytes (Linux). */
export function residentBytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1_024;
}

/** Processor time a process has used so far, user and system, in milliseconds (Linux). */
export function cpuMs(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const ticks = Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  return ticks * MS_PER_TICK;
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the child has no standard output');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('the child ended without a line');
}

export function median(values: readonly number[]): number {
  const ordered = [...values].sort((one, other) => one - other);
  return ordered[Math.floor(ordered.length / 2)] ?? 0;
}
