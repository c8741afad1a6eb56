// SPDX-License-Identifier: Apache-2.0
// lib.mjs - processor seconds of programs and servers; medians; tables.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { cpus, loadavg, totalmem, tmpdir } from "node:os";
import path from "node:path";

export const root = path.resolve(import.meta.dirname, "..");
export const program = process.env.ENCOURS_PROGRAM ?? path.join(root, "build/encours");
export const scratch = mkdtempSync(path.join(process.env.TMPDIR ?? tmpdir(), "encours-bench-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

// Runs a program to its end: { wall, cpu (with its children), mib (largest process), out }.
export function timed(command, args, options = {}) {
	const sheet = path.join(scratch, "time");
	const r = spawnSync("/usr/bin/time", ["-o", sheet, "-f", "%e %U %S %M", command, ...args],
		{ encoding: "utf8", maxBuffer: 1 << 30, ...options });
	if (r.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${r.stderr}`);
	const [wall, user, system, kib] = readFileSync(sheet, "utf8").trim().split("\n").at(-1).split(" ").map(Number);
	return { wall, cpu: user + system, mib: kib / 1024, out: r.stdout };
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

// The run with the median of its processor seconds.
export function middle(n, once) {
	const runs = Array.from({ length: n }, once).sort((a, b) => a.cpu - b.cpu);
	return runs[Math.floor(n / 2)];
}

// Processor seconds of a process, its children that ended, and those that live.
export function treeSeconds(pid) {
	const hz = 100;
	const stat = (p) => {
		try {
			const f = readFileSync(`/proc/${p}/stat`, "utf8").split(") ").at(-1).split(" ");
			return { parent: Number(f[1]), own: Number(f[11]) + Number(f[12]), dead: Number(f[13]) + Number(f[14]) };
		} catch { return null; }
	};
	let sum = 0;
	const me = stat(pid);
	if (me) sum += me.own + me.dead;
	for (const p of readdirSync("/proc").filter((d) => /^\d+$/.test(d))) {
		const s = stat(p);
		if (s?.parent === pid) sum += s.own + s.dead;
	}
	return sum / hz;
}

// A private PostgreSQL for one run: { url, seconds(), psql(sql), stop() }.
export function postgresql() {
	const folder = path.join(scratch, "postgresql");
	const env = { ...process.env, ENCOURS_TEST_PGDIR: folder };
	const tool = path.join(root, "tools/test-postgresql");
	execFileSync("chmod", ["755", scratch]);
	execFileSync(tool, ["start"], { env, stdio: "ignore" });
	const url = execFileSync(tool, ["url"], { env, encoding: "utf8" }).trim();
	const pid = Number(readFileSync(path.join(folder, "data/postmaster.pid"), "utf8").split("\n")[0]);
	return {
		url,
		base: (name) => url.replace("/encours?", `/${name}?`),
		seconds: () => treeSeconds(pid),
		psql: (sql, db = url) => execFileSync("psql", ["-q", "-At", "-v", "ON_ERROR_STOP=1", db, "-c", sql], { encoding: "utf8", maxBuffer: 1 << 30 }),
		stop: () => execFileSync(tool, ["stop"], { env, stdio: "ignore" }),
	};
}

export function machine() {
	const model = cpus()[0].model.replace(/\s+/g, " ");
	return `${cpus().length} cores (${model}), ${Math.round(totalmem() / 2 ** 30)} GiB, load ${loadavg()[0].toFixed(1)} when it began`;
}

export const number = (v, digits = 0) => v === undefined || Number.isNaN(v) ? "" : v.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }).replaceAll(",", " ");

// A table of Markdown.
export function table(head, rows) {
	const cells = [head, head.map((_, i) => (i ? "---:" : "---")), ...rows];
	return cells.map((r) => `| ${r.join(" | ")} |`).join("\n");
}
