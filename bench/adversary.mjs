// SPDX-License-Identifier: Apache-2.0
// adversary.mjs - companies made to mislead the matching: other numbers, habits and languages than the portfolio
// generator's, twins, groups, a factor, equal amounts, colliding numbers, and traps.
//
//	node bench/adversary.mjs --seed 7 --out FOLDER [--customers 400] [--documents 4000] [--entries 1000] [--numbering NAME]
//		[--kind trade|public|brand|person|abroad|utility|export|wholesale]
//	build/bench/match_eval FOLDER
//
// The same options give the same bytes.
import { parseArgs } from "node:util";
import { company } from "./adversary/company.mjs";
import { KINDS } from "./adversary/kinds.mjs";
import { payments } from "./adversary/payments.mjs";
import { source } from "./adversary/random.mjs";
import { write } from "./adversary/write.mjs";

const { values: o } = parseArgs({ options: {
	seed: { type: "string", default: "1" }, out: { type: "string" }, customers: { type: "string", default: "400" },
	documents: { type: "string", default: "4000" }, entries: { type: "string", default: "1000" }, numbering: { type: "string" }, kind: { type: "string", default: "trade" },
} });
if (!o.out || !(o.kind in KINDS)) {
	console.error("usage: node bench/adversary.mjs --seed N --out FOLDER [--customers N] [--documents N] [--entries N] [--numbering NAME] [--kind NAME]");
	process.exit(2);
}
const r = source(Number(o.seed));
const today = Math.floor(Date.UTC(2026, 9, 31) / 86400000);
const made = company(r, { customers: Number(o.customers), documents: Number(o.documents), numbering: o.numbering, kind: o.kind, today });
const entries = payments(r, made, Number(o.entries), today);
write(o.out, made, entries, today);
console.log(`${made.customers.length} customers, ${made.items.length} documents (${made.numbering}), ${entries.length} entries`);
