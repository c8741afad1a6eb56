// SPDX-License-Identifier: Apache-2.0
// wholesale.mjs - hundreds of small invoices paid by statement: everything of a month less its credit notes, first
// to last number, less a cash discount on the whole, or less something that nobody knows of.
import { iso } from "./company.mjs";

const MONTHS = ["JANVIER", "FEVRIER", "MARS", "AVRIL", "MAI", "JUIN", "JUILLET", "AOUT", "SEPTEMBRE", "OCTOBRE", "NOVEMBRE", "DECEMBRE"];

export const amount = (r) => Math.max(300, Math.round(Math.exp(4 + 0.9 * r.normal()) * 100));

export const makers = ({ r, used, today, customers, add, from, alloc, dress, free }) => {
	const month = (i) => iso(i.issued).slice(0, 7);
	// A customer's documents of one month, credit notes with them, none of them paid otherwise.
	const statement = () => {
		for (let k = 0; k < 100; k++) {
			const c = r.pick(customers.slice(0, customers.length >> 1));
			if (!c.open.length) continue;
			const m = month(r.pick(c.open));
			const list = c.open.filter((i) => month(i) === m);
			const minor = list.reduce((s, i) => s + i.minor, 0);
			if (list.length > 1 && list.length <= 60 && minor > 0 && !list.some((i) => used.has(i))) return { c, m, list, minor };
		}
		return null;
	};
	const name = (m) => r.pick([`${m.slice(5)}/${m.slice(0, 4)}`, `${MONTHS[Number(m.slice(5)) - 1]} ${m.slice(0, 4)}`]);
	return {
		statement() {
			const s = statement();
			if (s) add("statement", { ...from(s.c), on: today, minor: s.minor, text: `RELEVE ${name(s.m)}`, rows: s.list.map((i) => alloc(i)) });
		},
		statement_silent() {
			const s = statement();
			if (s) add("statement silent", { ...from(s.c), on: today, minor: s.minor, text: r.pick(["VIREMENT", "REGLEMENT", ""]), rows: s.list.map((i) => alloc(i)) });
		},
		statement_discount() {
			const s = statement();
			if (!s || s.list.length > 12) return;
			const offs = s.list.map((i) => Math.sign(i.minor) * Math.round(Math.abs(i.minor) * 0.02));
			const off = offs.reduce((x, y) => x + y, 0);
			if (off > 0) add("statement discount", { ...from(s.c), on: today, minor: s.minor - off, text: `RELEVE ${name(s.m)} MOINS ESCOMPTE 2%`, rows: [...s.list.map((i) => alloc(i)), ...s.list.map((i, k) => ["DISCOUNT", s.c, i, offs[k]])] });
		},
		// Something is missing, and no paper says what.
		deduction() {
			const s = statement();
			if (!s) return;
			const off = r.between(311, 2999);
			if (off * 3 < s.minor) add("open deduction", { ...from(s.c), on: today, minor: s.minor - off, text: `RELEVE ${name(s.m)} MOINS LITIGE`, rows: s.list.map((i) => alloc(i)) });
		},
		named() {
			const c = r.pick(customers);
			const list = r.shuffle(free(c)).slice(0, r.between(3, 8));
			const credit = c.open.find((i) => i.isCredit && !used.has(i));
			if (list.length < 3) return;
			if (credit && r.chance(0.6)) list.push(credit);
			const minor = list.reduce((s, i) => s + i.minor, 0);
			const text = `FACT ${list.map((i) => dress(c, i)).join(" ")}`;
			if (minor > 0 && text.length <= 140) add("several all", { ...from(c), minor, text, rows: list.map((i) => alloc(i)) });
		},
	};
};

export const weights = [[14, "exact"], [6, "damaged"], [16, "statement"], [6, "statement_silent"], [6, "statement_discount"], [6, "deduction"], [14, "named"], [8, "several"], [8, "amount"], [4, "part"], [4, "trap_other_reference"], [4, "trap_stranger"], [2, "trap_twice"], [2, "trap_gone"], [2, "trap_nameless"]];
