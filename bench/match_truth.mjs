// SPDX-License-Identifier: Apache-2.0
// match_truth.mjs - the matching as a company meets it: its files imported, `match --json`, against the truth.
//
//	node bench/match_truth.mjs FOLDER [--db URL] [--verbose]
//
// FOLDER holds customers.csv, invoices.csv, camt053.xml and truth.csv of a generated company (the portfolio generator's, or
// adversary.mjs's). Right is what match_eval calls right: the very documents and amounts. Of classes that begin with "trap",
// "open" and "unrelated" nothing may post.
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { program, scratch, timed } from "./lib.mjs";

const { values: o, positionals: [folder] } = parseArgs({ allowPositionals: true, options: { db: { type: "string" }, verbose: { type: "boolean", default: false } } });
if (!folder) {
	console.error("usage: node bench/match_truth.mjs FOLDER [--db URL] [--verbose]");
	process.exit(2);
}
const db = o.db ?? `sqlite:${path.join(scratch, "truth.db")}`;
const run = (command, ...args) => timed(program, [command, "--db", db, ...args]);
const file = (name) => path.join(folder, name);

run("init", "--name", "Example");
const taken = run("import", "--json", file("customers.csv"), file("invoices.csv"), file("camt053.xml"));
const matched = run("match", "--json", "--date", "2026-12-31");
const report = JSON.parse(matched.out);

const cents = (text) => Math.round(Number(text) * 100);
const truth = new Map();
for (const line of readFileSync(file("truth.csv"), "utf8").trim().split("\n").slice(1)) {
	const [id, kind, sub, what, customer, document, amount] = line.split(",");
	const t = truth.get(id) ?? { class: `${kind} ${sub}`.trim(), paid: new Map(), onAccount: 0 };
	if (what === "ALLOC") t.paid.set(document, (t.paid.get(document) ?? 0) + cents(amount));
	if (what === "UNAPPLIED") t.onAccount += cents(amount);
	truth.set(id, t);
}
const said = new Map();
for (const a of report.allocations.filter((x) => x.auto)) {
	const s = said.get(a.entry) ?? { paid: new Map(), onAccount: 0, rule: a.rule };
	if (a.kind === "on_account") s.onAccount += cents(a.amount);
	else if (a.kind === "allocation") s.paid.set(a.document, (s.paid.get(a.document) ?? 0) + cents(a.amount));
	said.set(a.entry, s);
}
const same = (t, s) => s.onAccount === t.onAccount && s.paid.size === t.paid.size && [...t.paid].every(([d, minor]) => s.paid.get(d) === minor);
const forPerson = (name) => /^(trap|open|unrelated)/.test(name);

const tally = new Map();
const sum = { due: 0, right: 0, wrong: 0, posted: 0 };
for (const [id, t] of truth) {
	const row = tally.get(t.class) ?? { n: 0, auto: 0, right: 0, wrong: 0 };
	const s = said.get(id);
	const right = s && !forPerson(t.class) && same(t, s);
	tally.set(t.class, row);
	row.n++;
	sum.due += !forPerson(t.class);
	if (!s) continue;
	row.auto++;
	row[right ? "right" : "wrong"]++;
	sum.posted++;
	sum[right ? "right" : "wrong"]++;
	if (!right && o.verbose) console.log("WRONG", id, t.class, s.rule, [...s.paid], s.onAccount, "truth", [...t.paid], t.onAccount);
}
for (const [name, row] of [...tally].sort()) console.log(name.padEnd(32), String(row.n).padStart(6), String(row.auto).padStart(6), String(row.right).padStart(6), String(row.wrong).padStart(6));
console.log(`entries ${truth.size}, posted ${sum.posted}, wrong ${sum.wrong}, recall ${((100 * sum.right) / Math.max(1, sum.due)).toFixed(1)} %`);
console.log(`import ${taken.cpu.toFixed(1)} s, match ${matched.cpu.toFixed(1)} s of processor, ${matched.mib.toFixed(0)} MiB`);
