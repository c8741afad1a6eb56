#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The house's own rules, which no compiler checks (tools/house/), with clang-format, clang-tidy and the
// catalogues. Prints each breach as FILE:LINE: and ends with 1 when there is one. With --all: clang's
// analyzer and cppcheck as well, and the lengths of files, functions and comments.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { deadFiles, deadFunctions } from "./house/dead.mjs";
import { measure } from "./house/measure.mjs";
import * as rules from "./house/rules.mjs";
import { tree } from "./house/source.mjs";
import * as words from "./house/words.mjs";

process.chdir(join(dirname(fileURLToPath(import.meta.url)), ".."));
const all = process.argv.includes("--all");
const house = tree();
let breaches = 0;
const say = (file, line, text) => { breaches++; console.log(`${file}:${line}: ${text}`); };

for (const [file, text] of house.read) {
	const here = (line, what) => say(file, line, what);
	if (!/\.(json|md|txt)$/.test(file)) rules.licence(text, here);
	rules.paths(text, here);
	if (file.endsWith(".th") && file.startsWith("src/")) words.template(text, here);
	if (!/\.[ch]$/.test(file) || !/^(src|tools|fuzz|bench|test)\//.test(file)) continue;
	rules.includes(file, text, here);
	rules.lengths(text, here);
	if (!file.startsWith("src/")) continue;
	rules.calls(file, text, here);
	rules.numbers(file, text, here);
	rules.state(file, text, here);
	words.pages(file, text, here);
}
deadFiles(house, say);
const onlyTests = deadFunctions(house, say);

const c = house.files.filter(f => /\.[ch]$/.test(f));
const layout = spawnSync("clang-format", ["--dry-run", "-Werror", ...c], { encoding: "utf8" });
for (const m of (layout.stderr ?? "").matchAll(/^(\S+?):(\d+):.*clang-formatted.*$/gm)) say(m[1], m[2], "not laid out by clang-format");

// Every text in French, none in two ways.
const po = spawnSync("tools/po-update", ["--check"], { encoding: "utf8" });
if (po.status !== 0) say("po", 1, (po.stdout + po.stderr).trim().split("\n").slice(0, 8).join(" | "));

// clang-tidy: the quick checks always, the analyzer with --all.
const commands = ["build-asan", "build"].find(d => existsSync(join(d, "compile_commands.json")));
if (commands) {
	const sources = house.files.filter(f => /^src\/.*\.c$/.test(f));
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
	measure(house, onlyTests);
}
console.log(breaches ? `${breaches} breaches` : "the house is tidy");
process.exit(breaches ? 1 : 0);
