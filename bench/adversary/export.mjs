// SPDX-License-Identifier: Apache-2.0
// export.mjs - buyers abroad: English, Spanish and German texts in the codes of their banks, charges shared (SHA) that
// take odd amounts off, whole amounts without the cents.
const OURS = ["/INV/#", "/RFB/#/CHGS SHA", "INV #//CHGS/SHA", "#/ROC/4711", "PAYMENT AGAINST INVOICE # SHA", "PAGO FRA # GASTOS COMPARTIDOS", "RECHNUNG # ENTGELT SHA"];

export const makers = ({ r, free, add, from, alloc, someone, dress }) => {
	const text = (c, list) => r.pick(OURS).replace("#", list.map((i) => dress(c, i)).join(","));
	return {
		sha() {
			const c = someone();
			if (!c) return;
			const i = r.pick(free(c));
			const off = r.pick([850, 1235, 1500, 1800, 2000, 2750, r.between(500, 3500)]);
			if (off * 8 > i.minor) return;
			add("charges shared", { ...from(c), minor: i.minor - off, text: text(c, [i]), rows: [alloc(i), ["FEE", c, i, off]] });
		},
		whole() {
			const c = someone();
			if (!c) return;
			const i = r.pick(free(c));
			const off = i.minor % 100;
			if (off < 1 || off > 5) return;
			add("cents left out", { ...from(c), minor: i.minor - off, text: text(c, [i]), rows: [alloc(i), ["FEE", c, i, off]] });
		},
		list() {
			const c = someone(3);
			if (!c) return;
			const list = r.shuffle(free(c)).slice(0, r.between(2, 5));
			add("several abroad", { ...from(c), minor: list.reduce((s, i) => s + i.minor, 0), text: text(c, list), rows: list.map((i) => alloc(i)) });
		},
		// Charges off a list: which document they are taken off is nobody's to know, all are paid.
		list_sha() {
			const c = someone(3);
			if (!c) return;
			const list = r.shuffle(free(c)).slice(0, r.between(2, 4)).sort((a, b) => b.minor - a.minor);
			const off = r.pick([850, 1500, 1800, 2500]);
			if (off * 8 > list[0].minor || list[0].minor === list[1].minor) return;
			add("several charges", { ...from(c), minor: list.reduce((s, i) => s + i.minor, 0) - off, text: text(c, list), rows: [...list.map((i) => alloc(i)), ["FEE", c, list[0], off]] });
		},
	};
};

export const weights = [[18, "exact"], [8, "damaged"], [16, "sha"], [8, "whole"], [12, "list"], [5, "list_sha"], [6, "amount"], [4, "part"], [3, "over"], [2, "group"], [4, "trap_other_reference"], [4, "trap_stranger"], [2, "trap_twice"], [2, "trap_gone"], [2, "trap_nameless"]];
