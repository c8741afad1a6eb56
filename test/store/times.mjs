// SPDX-License-Identifier: Apache-2.0
// Random past days and moments, recomputed by another program from the raw rows: what is open of every item must
// be the same to the cent. The history is the demo's, then an undone import and amounts taken back. Prints TAP.
//
// Fact by fact, without the book: an item counts when it is effective by the day, recorded by the moment and not
// reversed by then; fields changed later have the value of before; what is open is the amount less what was
// applied by both times. A fact is known from the moment its event was sealed.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = process.env.ENCOURS_PROGRAM ?? "build/encours";
const dir = mkdtempSync(join(tmpdir(), "encours-times-"));
const url = `sqlite:${dir}/times.db`;
let n = 0, failed = false, seed = Number(process.env.ENCOURS_TEST_SEED ?? 7);
const random = (k) => (seed = (seed * 1103515245 + 12345) % 2147483648) % k;
function ok(condition, name, detail) {
	console.log(`${condition ? "ok" : "not ok"} ${++n} - ${name}`);
	if (!condition) { failed = true; console.log(`# ${detail}`); }
}
const run = (...args) => spawnSync(program, [...args, "--db", url], { encoding: "utf8", maxBuffer: 1 << 28 });
const rows = (sql) => JSON.parse(execFileSync("sqlite3", ["-json", join(dir, "times.db"), sql], { encoding: "utf8", maxBuffer: 1 << 28 }) || "[]");

ok(run("demo", "--size", "small", "--quiet").status === 0, "the demo is made");
const day = (back) => new Date(Date.now() - back * 86400000).toISOString().slice(0, 10);
// Of days after those that the demo's accountant closed.
writeFileSync(join(dir, "late.csv"), `code client;nom;pièce;date;échéance;montant\nLATE;Client tardif;T1;${day(20)};${day(-10)};40,00\nLATE;Client tardif;T2;${day(10)};${day(-20)};60,00\n`);
ok(run("import", join(dir, "late.csv")).status === 0, "documents come late");
const undone = rows("SELECT max(id) AS id FROM import")[0].id;
ok(run("import", "--undo", String(undone)).status === 0, "their import is undone");

// ---- the slow way: one pass over all facts for each question
const items = rows("SELECT i.id, i.document, c.code, i.amount_minor, i.effective, i.due_on, s.position AS known FROM item i JOIN customer c ON c.id = i.customer_id JOIN seal s ON s.event_id = i.event_id");
const reversals = new Map(rows("SELECT r.item_id, s.position AS known FROM item_reversal r JOIN seal s ON s.event_id = r.event_id").map((r) => [r.item_id, r.known]));
const changes = rows("SELECT h.item_id, h.field, h.old_value, s.position AS known FROM item_change h JOIN seal s ON s.event_id = h.event_id WHERE h.field IN ('due_on', 'effective') ORDER BY h.id DESC");
const applied = rows("SELECT l.debit_item_id, l.credit_item_id, l.amount_minor, l.effective, s.position AS known FROM allocation l JOIN seal s ON s.event_id = l.event_id");
const log = rows("SELECT position, sealed FROM seal ORDER BY position");

function slow(asOf, position) {
	const open = new Map();
	for (const i of items) {
		if (i.known > position || reversals.get(i.id) <= position) continue;
		open.set(i.id, { ...i, open: BigInt(i.amount_minor) });
	}
	for (const h of changes) {
		const i = open.get(h.item_id);
		if (i && h.known > position) i[h.field] = h.old_value;
	}
	for (const l of applied) {
		if (l.known > position || l.effective > asOf) continue;
		const debit = open.get(l.debit_item_id), credit = open.get(l.credit_item_id);
		if (debit) debit.open -= BigInt(l.amount_minor);
		if (credit) credit.open += BigInt(l.amount_minor);
	}
	return [...open.values()].filter((i) => i.effective <= asOf && i.open !== 0n).map((i) => `${i.code} ${i.document} ${i.due_on} ${i.open}`).sort();
}

const seen = new Set();
for (let k = 0; k < 40; k++) {
	const asOf = day(random(400));
	// Half of the moments are that of a fact itself, where a boundary is easily off by one.
	const micro = k % 2 ? log[random(log.length)].sealed : log[0].sealed + Math.floor((log.at(-1).sealed - log[0].sealed) / 1000 * random(1000));
	const moment = `${new Date(Math.floor(micro / 1000)).toISOString().slice(0, 19)}.${String(micro % 1000000).padStart(6, "0")}Z`;
	const position = Math.max(0, ...log.filter((e) => e.sealed <= micro).map((e) => e.position));
	const mine = slow(asOf, position);
	const theirs = JSON.parse(run("items", "--open", "--as-of", asOf, "--known-at", moment, "--json").stdout).items
		.map((i) => `${i.customer} ${i.document} ${i.due} ${BigInt(i.open.replace(".", ""))}`).sort();
	const at = mine.findIndex((line, i) => line !== theirs[i]);
	ok(mine.length === theirs.length && at < 0, `as of ${asOf} known ${moment}: ${mine.length} open items`, `${mine.length} here, ${theirs.length} there: ${mine[at]} | ${theirs[at]}`);
	seen.add(mine.length);
}
ok(seen.size > 10, "the questions differ", [...seen].join(" "));
console.log(`1..${n}`);
rmSync(dir, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
