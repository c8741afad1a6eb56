#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The house's own rules, which no compiler checks. Prints each breach as FILE:LINE: and ends with 1 when
// there is one. With --all: clang's analyzer and cppcheck as well, and the lengths of files and functions.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(join(dirname(fileURLToPath(import.meta.url)), ".."));
const all = process.argv.includes("--all");

// Floors of doc/architecture.md: a file includes only from floors below its own, or from its own room.
const floor = {
	base: 0, db: 1, i18n: 1, format: 1, channel: 1, job: 1, web: 1, team: 2, ledger: 3, flow: 4,
	cash: 5, credit: 5, dispute: 5, pay: 6, collect: 7, insight: 8, portal: 8, day: 9, cmd: 10,
};
// On floor 1 everything may use db and i18n, but format and channel use base alone.
const floor1 = { format: [], channel: [], db: [], i18n: [], job: ["db", "i18n"], web: ["db", "i18n"] };

const banned = /\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atof|gets|system|popen|setlocale|rand)\s*\(/;
const maxFile = 700;
const maxFunction = 100;

const files = execFileSync("git", ["ls-files"], { encoding: "utf8" }).trim().split("\n");
const read = new Map(files.filter(f => /\.(c|h|th|sql|mjs|js|css|sh|def|build|po)$/.test(f) || /^(tools|\.ci)\/[^.]*$/.test(f) || f === "Makefile")
	.map(f => { try { return [f, readFileSync(f, "utf8")]; } catch { return [f, ""]; } }));
let breaches = 0;
const say = (file, line, text) => { breaches++; console.log(`${file}:${line}: ${text}`); };

function lines(text) { return text.split("\n"); }

// Comments and strings blanked, line by line, so that words inside them are not taken for code.
function code(text) {
	return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g,
		m => m.replace(/[^\n]/g, " "));
}

function checkIncludes(file, text) {
	const room = file.match(/^src\/([a-z0-9]+)\//)?.[1];
	if (!room) return;
	if (!(room in floor)) say(file, 1, `the room "${room}" has no floor`);
	lines(text).forEach((l, i) => {
		const other = l.match(/^\s*#include "([a-z0-9]+)\//)?.[1];
		if (!other || other === room || !(other in floor)) return;
		const ok = floor[other] < floor[room] && (floor[room] !== 1 || other === "base") ||
			floor[room] === 1 && floor1[room]?.includes(other);
		if (!ok) say(file, i + 1, `${room} (floor ${floor[room]}) may not include from ${other} (floor ${floor[other]})`);
	});
}

function checkCode(file, text) {
	const business = /^src\/(base|ledger|cash|collect|dispute|credit|pay|insight)\//.test(file);
	lines(code(text)).forEach((l, i) => {
		const call = l.match(banned);
		if (call) say(file, i + 1, `${call[1]} is banned`);
		// Scores and probabilities may be floating point; amounts never are.
		if (business && (/\bfloat\b/.test(l) || /\bdouble\b[^(]*\b\w*(_minor|money)\b/.test(l)))
			say(file, i + 1, "an amount is never floating point");
		if (/\b(TODO|FIXME)\b/.test(lines(text)[i])) say(file, i + 1, "unfinished work in the code");
	});
	// A statement put together at run time: printf next to SQL words.
	if (!file.startsWith("src/db/")) for (const m of text.matchAll(/(printf|buf_puts|buf_printf)\s*\([^;]{0,80}"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM) /g))
		say(file, lines(text.slice(0, m.index)).length, "SQL is never put together at run time");
}

// Functions by the layout that clang-format gives: a brace in column 1 opens, one closes.
function functions(text) {
	const found = [];
	let start = 0, name = "";
	lines(text).forEach((l, i) => {
		const m = l.match(/^[a-zA-Z_].*?\b([a-z_0-9]+)\(/);
		if (m && !/;$/.test(l)) name = m[1];
		if (l === "{") start = i + 1;
		if (l === "}" && start) { found.push({ name, line: start, length: i - start }); start = 0; }
	});
	return found;
}

function checkLengths(file, text) {
	const n = lines(text).length;
	if (n > maxFile) say(file, 1, `${n} lines: is there a second file inside?`);
	for (const f of functions(text))
		if (f.length > maxFunction) say(file, f.line, `${f.name} has ${f.length} lines: is there a second function inside?`);
}

function checkBuilt() {
	const builds = [...read].filter(([f]) => f.endsWith("meson.build")).map(([f, t]) => [dirname(f), t]);
	for (const file of files) {
		if (!/\.(c|th)$/.test(file)) continue;
		const named = builds.some(([dir, t]) => file.startsWith(dir === "." ? "" : dir + "/") &&
			t.includes(`'${dir === "." ? file : file.slice(dir.length + 1)}'`)) ||
			builds.some(([, t]) => t.includes(file.split("/").pop().replace(/\.(c|th)$/, "")));
		if (!named) say(file, 1, "no meson.build names this file");
	}
}

function checkText(file, text) {
	const first = lines(text).slice(0, 4).join("\n");
	if (!/SPDX-License-Identifier: Apache-2.0/.test(first)) say(file, 1, "no SPDX line");
	const machine = new RegExp("/(wo" + "rk|root|home)/[a-z]");
	lines(text).forEach((l, i) => { if (machine.test(l)) say(file, i + 1, "a path of somebody's machine"); });
}

for (const [file, text] of read) {
	checkText(file, text);
	if (/\.[ch]$/.test(file) && /^(src|tools|fuzz|bench|test)\//.test(file)) {
		checkIncludes(file, text);
		if (file.startsWith("src/")) checkCode(file, text);
		checkLengths(file, text);
	}
}
checkBuilt();

const c = files.filter(f => /\.[ch]$/.test(f));
const layout = spawnSync("clang-format", ["--dry-run", "-Werror", ...c], { encoding: "utf8" });
for (const m of (layout.stderr ?? "").matchAll(/^(\S+?):(\d+):.*clang-formatted.*$/gm)) say(m[1], m[2], "not laid out by clang-format");

// Every text in French, none in two ways.
const po = spawnSync("tools/po-update", ["--check"], { encoding: "utf8" });
if (po.status !== 0) say("po", 1, (po.stdout + po.stderr).trim().split("\n").slice(0, 8).join(" | "));

// clang-tidy: the quick checks always, the analyzer with --all.
const commands = ["build-asan", "build"].find(d => existsSync(join(d, "compile_commands.json")));
if (commands) {
	const sources = files.filter(f => /^src\/.*\.c$/.test(f));
	const tidy = spawnSync("xargs", ["-P", String(cpus().length), "-n", "8", "clang-tidy", "-p", commands, "--quiet",
		...(all ? [] : ["--checks=-clang-analyzer-*"])], { input: sources.join("\n"), encoding: "utf8", maxBuffer: 1 << 28 });
	const seen = new Set();
	for (const m of tidy.stdout.matchAll(/^\S*?(src\/\S+?):(\d+):\d+: (?:error|warning): (.*)$/gm)) {
		if (seen.has(m[0])) continue;
		seen.add(m[0]);
		say(m[1], m[2], m[3]);
	}
}
if (all) {
	const check = spawnSync("cppcheck", ["--quiet", "--enable=warning,portability", "--inline-suppr", "--suppress=missingInclude", "-Isrc", "src"], { encoding: "utf8" });
	for (const m of check.stderr.matchAll(/^(\S+?):(\d+):\d+: (.*)$/gm)) say(m[1], m[2], m[3]);
	const fs = [...read].filter(([f]) => /^src\/.*\.c$/.test(f));
	const sizes = fs.map(([, t]) => lines(t).length).sort((a, b) => a - b);
	const lengths = fs.flatMap(([, t]) => functions(t).map(f => f.length)).sort((a, b) => a - b);
	const at = (list, q) => list[Math.min(list.length - 1, Math.floor(list.length * q))] ?? 0;
	console.log(`files: ${sizes.length}, median ${at(sizes, 0.5)} lines, largest ${at(sizes, 1)}`);
	console.log(`functions: ${lengths.length}, median ${at(lengths, 0.5)} lines, 9 of 10 up to ${at(lengths, 0.9)}, longest ${at(lengths, 1)}`);
}
console.log(breaches ? `${breaches} breaches` : "the house is tidy");
process.exit(breaches ? 1 : 0);
