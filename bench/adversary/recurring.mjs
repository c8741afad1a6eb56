// SPDX-License-Identifier: Apache-2.0
// recurring.mjs - rents and subscriptions: each customer owes the same amount every month, a year of them may be
// open, and pays by contract number and month, by standing order that names neither, or a quarter at once.
import { iso } from "./company.mjs";

const MONTHS = ["JANVIER", "FEVRIER", "MARS", "AVRIL", "MAI", "JUIN", "JUILLET", "AOUT", "SEPTEMBRE", "OCTOBRE", "NOVEMBRE", "DECEMBRE"];
const first = (year, month) => Math.floor(Date.UTC(year, month, 1) / 86400000);
const monthOf = (day) => Number(iso(day).slice(5, 7));
const said = (r, item) => r.pick([`${iso(item.issued).slice(5, 7)}/${iso(item.issued).slice(0, 4)}`, `${MONTHS[monthOf(item.issued) - 1]} ${iso(item.issued).slice(0, 4)}`]);

// So many months back, each customer one document a month; some months are paid long ago.
export function documents(r, number, customers, n, today) {
	const [year, month] = iso(today).split("-").map(Number);
	const items = [];
	let made = 0;
	for (const c of customers) c.paid = [];
	for (const c of customers) c.rent = r.pick([39900, 45000, 61250, r.between(2000, 90000) * 10]);
	for (let back = 11; back >= 0 && items.length < n; back--)
		for (const c of customers) {
			const issued = first(year, month - 1 - back);
			const document = number(++made, Number(iso(issued).slice(0, 4)), 0, monthOf(issued));
			const item = { document, customer: c, issued, due: issued + 9, minor: c.rent, isCredit: false };
			if (items.length >= n || r.chance(back < 2 ? 0.1 : 0.75)) {
				c.paid.push(item);
				continue;
			}
			items.push(item);
			c.open.push(item);
		}
	return items;
}

export const makers = ({ r, customers, free, add, from, alloc, someone, equal, dress, quote, words }) => ({
	// A month that is paid is paid again, while another one of the same amount is open.
	trap_again() {
		const c = r.pick(customers);
		if (!c.paid.length || free(c).length !== 1) return;
		add("trap paid twice", { ...from(c), minor: c.rent, text: quote(c, r.pick(c.paid).document), rows: [["UNAPPLIED", c, null, c.rent]] });
	},
	// The contract and the month say all.
	contract_month() {
		const c = someone();
		if (!c) return;
		const i = r.pick(free(c));
		add("month named", { ...from(c), minor: i.minor, text: r.pick(["CONTRAT # LOYER ~", "LOYER ~ CONTRAT #", "# ABONNEMENT ~", "ECHEANCE ~ REF #"]).replace("#", c.code).replace("~", said(r, i)), rows: [alloc(i)] });
	},
	// The contract alone: decided when one document is left.
	contract() {
		const c = someone();
		if (!c) return;
		const i = r.pick(free(c));
		add("amount only", { ...from(c), minor: i.minor, text: r.pick(["CONTRAT #", "VIR PERMANENT #", "ABONNEMENT #"]).replace("#", c.code), rows: [alloc(i)], isDoubtful: true });
	},
	// Two or three months one after the other.
	months() {
		const c = someone(3);
		if (!c) return;
		const list = free(c).sort((a, b) => a.issued - b.issued).slice(-r.between(2, 3));
		add("several months", { ...from(c), minor: list.reduce((s, i) => s + i.minor, 0), text: quote(c, list.map((i) => dress(c, i)).join(" ")), rows: list.map((i) => alloc(i)) });
	},
	// Half of the month: names it, and more stays open.
	half() {
		const c = someone();
		if (!c || equal(c, c.rent) !== free(c).length) return;
		const i = r.pick(free(c));
		const minor = Math.round(i.minor / 2);
		add("partial month", { ...from(c), minor, text: `${r.pick(words(c).part).replace("#", dress(c, i))}`, rows: [alloc(i, minor)] });
	},
});

export const weights = [[20, "exact"], [8, "damaged"], [24, "contract_month"], [12, "contract"], [8, "months"], [5, "half"], [4, "trap_again"], [4, "trap_other_reference"], [4, "trap_stranger"], [2, "trap_twice"], [2, "trap_gone"], [2, "trap_nameless"]];
