// SPDX-License-Identifier: Apache-2.0
// The sample portfolio through the program, on both engines and in several orders of its files, against an
// independent, slow recomputation from the raw files (fec.md section 5). Prints TAP.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const data = join(process.env.ENCOURS_TEST_DATA ?? "../shared/data", "portfolio");
if (!existsSync(join(data, "fec.txt"))) {
	console.log("ok 1 - skipped: the sample portfolio is not here");
	process.exit(0);
}
const program = process.env.ENCOURS_PROGRAM ?? "build/encours";
const dir = mkdtempSync(join(tmpdir(), "encours-portfolio-"));
let n = 0;
let failed = false;
function ok(condition, name, detail) {
	console.log(`${condition ? "ok" : "not ok"} ${++n} - ${name}`);
	if (!condition) { failed = true; console.log(`# ${detail}`); }
}

// ---- the slow way -----------------------------------------------------------------------------------

const cents = s => { const m = /^(-?)(\d+)[.,](\d\d)$/.exec(s); return (m[1] ? -1 : 1) * (Number(m[2]) * 100 + Number(m[3])); };
const days = s => Date.UTC(+s.slice(0, 4), +s.slice(-5, -3) - 1, +s.slice(-2)) / 86400000;
const iso = s => `${s.slice(0, 4)}-${s.slice(4, 6)}-${s.slice(6)}`;

const [head, ...rows] = readFileSync(join(data, "fec.txt"), "utf8").trimEnd().split("\n").map(l => l.split("\t"));
const col = Object.fromEntries(head.map((h, i) => [h.trim(), i]));
const lines = rows.filter(r => r[col.CompteNum].startsWith("411")).map(r => ({
	customer: r[col.CompAuxNum], ref: r[col.PieceRef], on: iso(r[col.EcritureDate]),
	amount: cents(r[col.Debit]) - cents(r[col.Credit]), code: r[col.EcritureLet],
	let: r[col.DateLet] ? iso(r[col.DateLet]) : "", isPayment: r[col.JournalCode] === "BQ",
}));
const due = new Map(readFileSync(join(data, "invoices.csv"), "utf8").trimEnd().split("\n").slice(1)
	.map(l => l.match(/("[^"]*"|[^,]*)(,|$)/g).map(c => c.replace(/,$/, ""))).map(c => [c[0], c[4]]));

function recompute(asOf) {
	const known = lines.filter(l => l.on <= asOf);
	const groups = new Map();
	const open = [];
	for (const l of known) {
		if (!l.code || l.let > asOf) open.push({ ...l });
		else {
			const key = `${l.customer} ${l.code}`;
			groups.set(key, [...(groups.get(key) ?? []), l]);
		}
	}
	for (const g of groups.values()) {
		const net = g.reduce((s, l) => s + l.amount, 0);
		if (net !== 0) throw new Error("the sample has no partial lettering");
	}
	// A payment whose entry names an open document is a part payment of it.
	for (const p of open.filter(l => l.isPayment && !l.code)) {
		const d = open.find(l => !l.isPayment && l.customer === p.customer && l.ref === p.ref && l.amount * p.amount < 0);
		if (!d) continue;
		const part = Math.min(Math.abs(d.amount), Math.abs(p.amount)) * Math.sign(d.amount);
		d.amount -= part;
		p.amount += part;
	}
	const buckets = [0, 0, 0, 0, 0];
	let unallocated = 0, total = 0, items = 0;
	for (const l of open.filter(x => x.amount !== 0)) {
		total += l.amount;
		if (l.isPayment) { unallocated += l.amount; continue; }
		const late = days(asOf) - days(due.get(l.ref));
		buckets[late <= 0 ? 0 : late <= 30 ? 1 : late <= 60 ? 2 : late <= 90 ? 3 : 4] += l.amount;
		items++;
	}
	return { buckets, unallocated, total, items };
}

// ---- the program ------------------------------------------------------------------------------------

const run = (db, ...args) => JSON.parse(execFileSync(program, [...args, "--json", "--db", db], { encoding: "utf8", maxBuffer: 1 << 28 }));
const files = ["customers.csv", "invoices.csv", "fec.txt", "camt053.xml"];
const summary = JSON.parse(readFileSync(join(data, "summary.json"), "utf8"));
const orders = [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]];
const engines = [["sqlite", i => `sqlite:${join(dir, `p${i}.db`)}`]];
const pg = process.env.ENCOURS_TEST_POSTGRESQL;
if (pg) engines.push(["postgresql", i => {
	const name = `portfolio_${process.pid}_${i}`;
	spawnSync("psql", ["-q", pg, "-c", `CREATE DATABASE ${name}`]);
	return pg.replace("/encours?", `/${name}?`);
}]);

let seed = 20261031;
const random = max => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % max; };

for (const [engine, url] of engines) {
	orders.slice(0, engine === "sqlite" ? 4 : 2).forEach((order, i) => {
		const db = url(i);
		run(db, "init");
		const report = run(db, "import", ...order.map(f => join(data, files[f])));
		ok(report.files.every(f => f.rejected === 0), `${engine} ${order}: nothing is rejected`, JSON.stringify(report).slice(0, 300));
		const statement = report.files.find(f => f.statements)?.statements[0];
		ok(statement?.balanced && statement.credits.count === 1200 && statement.credits.amount === "6416762.33",
			`${engine} ${order}: the bank statement adds up`, JSON.stringify(statement));
		const dates = ["2026-10-31", "2026-09-30", "2025-12-31", ...Array.from({ length: 4 }, () =>
			new Date((days("2024-12-01") + random(690)) * 86400000).toISOString().slice(0, 10))];
		for (const date of dates) {
			const want = recompute(date);
			const got = run(db, "ageing", "--as-of", date);
			const same = got.buckets.every((b, k) => cents(b.amount) === want.buckets[k]) &&
				cents(got.unallocated) === want.unallocated && cents(got.total) === want.total;
			ok(same, `${engine} ${order}: aged balance as of ${date}`, `${JSON.stringify(want)} ${JSON.stringify(got)}`);
		}
		const open = run(db, "items", "--open", "--as-of", "2026-10-31").items;
		ok(open.length === summary.open_items, `${engine} ${order}: ${summary.open_items} open items`, open.length);
		ok(cents(run(db, "ageing", "--as-of", "2026-10-31").total) === summary.open_cents, `${engine} ${order}: total to the cent`, "");
		ok(run(db, "verify").ok, `${engine} ${order}: every law holds`, "");
		if (i === 0) {
			const again = run(db, "import", ...order.map(f => join(data, files[f])));
			ok(again.files.every(f => f.created === 0 && f.updated === 0), `${engine}: twice changes nothing`, JSON.stringify(again).slice(0, 300));
		}
		if (engine === "postgresql") spawnSync("psql", ["-q", pg, "-c", `DROP DATABASE portfolio_${process.pid}_${i} WITH (FORCE)`]);
	});
}
rmSync(dir, { recursive: true });
process.exit(failed ? 1 : 0);
