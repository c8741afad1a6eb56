// SPDX-License-Identifier: Apache-2.0
// payments.mjs - a month of money received, and what each entry truly pays.
//
// A class that begins with "trap" or "open" must never be posted alone: what is posted there is wrong even if it is
// right by luck. "trap": the money pays nobody's document, or not the one it seems to. "open": the data
// cannot decide between candidates; proposing the true one among them is success.
import { iban } from "./company.mjs";
import { CLOTHES, DAMAGES, NUMBERINGS, WORDS } from "./style.mjs";

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toUpperCase();
const euros = (minor) => (Math.abs(minor) / 100).toFixed(2);
const FORM = /\b(SARL|SAS|SA|EURL|LTD|LIMITED|PLC|GMBH( & CO\.? KG)?|AG|KG|SL|S\.L\.|S\.A\.)(?=\s|$)/g;

// The words of a name that say who it is.
const core = (name) => plain(name).replace(FORM, " ").replace(/[^A-Z0-9]+/g, " ").trim().split(" ").filter(Boolean);
// Whether what is printed could as well be that name: every word of it, whole or cut, is in it.
const couldBe = (text, name) => core(text).every((word) => core(name).some((w) => w.startsWith(word)));

// What the bank prints of a payer's name.
function printed(r, name) {
	const up = plain(name);
	return r.weighted([
		[6, up], [3, up.replace(FORM, "").replace(/ +/g, " ").trim() || up], [1, up.slice(0, 24)], [1, up.slice(0, 35)],
		[1, up.replace(/[&.'-]/g, " ").replace(/ +/g, " ")], [1, up.split(" ").reverse().join(" ")],
		[1, up.replace(/[AEIOU](?=[^AEIOU ]*$)/, "")]]);
}

export function payments(r, company, n, today) {
	const { customers, items } = company;
	const used = new Set();
	const known = new Set(items.map((i) => i.document));
	const made = [];
	const strangers = ["ASSURANCE HELVAR", "TRESOR PUBLIC", "CAISSE NORDIQUE", "BANQUE ORLAC", "FONDS DE GARANTIE", "REMISE CARTES"];
	const words = (c) => WORDS[c.lang];
	const free = (c) => c.open.filter((i) => !used.has(i) && !i.isCredit);
	const equal = (c, minor) => free(c).filter((i) => i.minor === minor).length;
	const twins = (c) => customers.filter((o) => o !== c && (o.name === c.name || o.twin === c || c.twin === o));

	// Nothing in the entry tells the twin from the customer: not the name as printed, not an account that we know.
	const isTwinPayer = (e, c, twin) => couldBe(e.name, twin.name) && (plain(c.name) === plain(twin.name) || e.name !== plain(c.name)) &&
		!(e.iban && (e.iban === c.iban_told || (twin.iban_told && twin.iban_told !== e.iban)));

	const add = (kind, e) => {
		// Numbers that name no document, and references in the bank's own field instead of the text.
		if (company.kind && e.rows[0][1] && !e.isNameless && r.chance(0.4)) e.text = [e.text, company.kind.noise(r, e.rows[0][1])].filter(Boolean).join(r.pick([" ", " - ", " / "])).slice(0, 140);
		if (company.kind && e.text && r.chance(0.1)) [e.e2e, e.text] = [e.text.slice(0, 35), ""];
		for (const [, , item] of e.rows) if (item) used.add(item);
		const paid = { class: kind, on: today - r.below(28), iban: "", e2e: "NOTPROVIDED", text: "", ...e };
		// Nobody pays before there is something to pay.
		for (const [, , item] of e.rows) if (item) paid.on = Math.min(today, Math.max(paid.on, item.issued + 1));
		made.push(paid);
	};
	const from = (c) => company.kind?.payer(r, c) ?? plainFrom(c);
	const plainFrom = (c) => ({ name: r.chance(company.payerNamed) ? printed(r, c.name) : "", iban: r.chance(0.5) ? c.iban : "" });
	const quote = (c, text) => r.pick(words(c).quote).replace("#", text);
	const alloc = (i, minor = i.minor) => ["ALLOC", i.customer, i, minor];
	const someone = (least = 1) => {
		for (let k = 0; k < 200; k++) {
			const c = r.pick(customers);
			if (free(c).length >= least) return c;
		}
		return null;
	};
	const dress = (c, i) => CLOTHES[c.clothes](i.document, r);

	const MAKERS = {
		exact() {
			const c = someone();
			if (!c) return;
			const i = r.pick(free(c));
			add(`exact ${c.clothes}`, { ...from(c), minor: i.minor, text: quote(c, dress(c, i)), rows: [alloc(i)] });
		},
		damaged() {
			const c = someone();
			if (!c) return;
			const i = r.pick(free(c));
			const how = r.pick(Object.keys(DAMAGES));
			const text = DAMAGES[how](i.document, r);
			if (!text || text === i.document || text.length < 2) return;
			// Without a payer and with a number that says little, nothing decides.
			const who = { name: printed(r, c.name), iban: r.chance(0.5) ? c.iban : "" };
			add(`typo ${how}${known.has(text) ? "_other" : ""}`, { ...who, minor: i.minor, text: quote(c, text), rows: [alloc(i)] });
		},
		several() {
			const c = someone(2);
			if (!c) return;
			const list = free(c).sort((a, b) => a.due - b.due);
			const k = Math.min(list.length, r.between(2, 9));
			const chosen = r.chance(0.6) ? list.slice(0, k) : r.shuffle([...list]).slice(0, k);
			const credit = c.open.find((i) => i.isCredit && !used.has(i));
			if (credit && r.chance(0.4) && chosen.reduce((s, i) => s + i.minor, 0) + credit.minor > 0) chosen.push(credit);
			const minor = chosen.reduce((s, i) => s + i.minor, 0);
			const joint = r.pick([" ", ", ", "/", "+", " ET ", ";"]);
			const style = r.weighted([[5, "all"], [2, "some"], [2, "none"], [1, "tails"]]);
			const tails = [dress(c, chosen[0]), ...chosen.slice(1).map((i) => i.document.match(/(\d+)\D*$/)?.[1].replace(/^0+/, "") ?? i.document)];
			const quoted = style === "all" ? chosen.map((i) => dress(c, i)) : style === "tails" ? tails : chosen.slice(0, Math.max(1, chosen.length >> 1)).map((i) => dress(c, i));
			const text = style === "none" ? r.pick([...words(c).all, ...words(c).nothing]) : quote(c, quoted.join(joint)) + (style === "some" ? " ETC" : "");
			if (text.length > 140) return;
			add(`several ${style}`, { ...from(c), minor, text, rows: chosen.map((i) => alloc(i)) });
		},
		amount() {
			const c = someone();
			if (!c) return;
			const i = r.pick(free(c));
			const who = { name: printed(r, c.name), iban: r.chance(0.6) ? c.iban : "" };
			add("amount only", { ...who, minor: i.minor, text: r.pick(words(c).nothing), rows: [alloc(i)], isDoubtful: true });
		},
		twin() {
			const c = r.pick(customers.filter((o) => twins(o).length && free(o).length));
			if (!c) return;
			const i = r.pick(free(c)), other = r.pick(twins(c));
			// The twin owes the same amount: nothing tells which of them pays.
			const same = { ...i, document: r.pick(items).document.replace(/\d/g, () => r.below(10)), customer: other };
			if (known.has(same.document)) return;
			known.add(same.document);
			items.push(same);
			other.open.push(same);
			add("amount only", { name: printed(r, c.name), minor: i.minor, text: r.pick(words(c).nothing), rows: [alloc(i)], isDoubtful: true });
		},
		all_due() {
			const c = someone(2);
			if (!c) return;
			const due = c.open.filter((i) => !used.has(i) && i.due <= today);
			const minor = due.reduce((s, i) => s + i.minor, 0);
			if (due.length < 2 || minor <= 0) return;
			add("all due", { ...from(c), on: today, minor, text: r.pick(words(c).all), rows: due.map((i) => alloc(i)) });
		},
		discount() {
			const c = someone();
			if (!c) return;
			const i = r.pick(free(c));
			const percent = r.pick([1, 1.5, 2, 3]);
			const off = Math.round((i.minor * percent) / 100);
			const text = r.pick(words(c).discount).replace("%", `${percent}%`);
			if (off < 1) return;
			add("discount", { ...from(c), minor: i.minor - off, text: text.replace("#", dress(c, i)), rows: [alloc(i), ["DISCOUNT", c, i, off]] });
		},
		fee() {
			const c = someone();
			if (!c) return;
			const i = r.pick(free(c));
			const off = r.pick([500, 750, 1000, 1500, 1800, 2500]);
			if (off * 4 > i.minor) return;
			add("fee", { ...from(c), minor: i.minor - off, text: quote(c, dress(c, i)), rows: [alloc(i), ["FEE", c, i, off]] });
		},
		part() {
			const c = someone();
			if (!c) return;
			const i = r.pick(free(c));
			const minor = r.pick([Math.round(i.minor / 2), Math.round(i.minor / 3), Math.round((i.minor * r.between(20, 70)) / 100)]);
			if (minor < 100 || i.minor - minor < 100) return;
			add("partial", { ...from(c), minor, text: r.pick(words(c).part).replace("#", dress(c, i)), rows: [alloc(i, minor)] });
		},
		over() {
			const c = someone();
			if (!c) return;
			const i = r.pick(free(c));
			const more = r.pick([100, 1000, Math.round(i.minor / 10)]);
			add("overpay", { ...from(c), minor: i.minor + more, text: quote(c, dress(c, i)), rows: [alloc(i), ["UNAPPLIED", c, null, more]] });
		},
		group() {
			const c = r.pick(customers.filter((o) => o.parent));
			if (!c || !free(c).length) return;
			const i = r.pick(free(c));
			add("group", { ...from(c.parent), minor: i.minor, text: r.pick(words(c).forWhom).replace("~", plain(c.name).slice(0, 40)).replace("#", dress(c, i)), rows: [alloc(i)] });
		},
		factor() {
			const c = someone();
			if (!c) return;
			const i = r.pick(free(c));
			add("factor", { name: "FACTORAMA AFFACTURAGE", iban: iban(990001), minor: i.minor, text: quote(c, dress(c, i)) + ` ${plain(c.name).slice(0, 30)}`, rows: [alloc(i)] });
		},

		// ---- what must be left alone
		trap_other_reference() {
			const c = someone(), other = someone();
			if (!c || !other || c === other || c.parent === other || other.parent === c || twins(c).length) return;
			const i = r.pick(free(other));
			const minor = r.chance(0.5) ? i.minor : r.between(1000, 500000);
			if (free(c).some((o) => o.minor === minor)) return;
			add("trap other's reference", { name: printed(r, c.name), iban: c.iban, minor, text: quote(c, dress(c, i)), rows: [["UNAPPLIED", c, null, minor]] });
			used.add(i);
		},
		trap_stranger() {
			const left = items.filter((o) => !used.has(o) && !o.isCredit);
			if (left.length < 2) return;
			// The number of one document and the amount of another: chance gives each, never both of one.
			const [i, named] = [r.pick(left), r.pick(left)];
			const digits = named.document.replace(/\D/g, "");
			if (named.minor === i.minor) return;
			add("trap stranger", { name: r.pick(strangers), iban: r.chance(0.5) ? iban(990100 + r.below(50)) : "", minor: r.chance(0.5) ? i.minor : r.between(1000, 900000),
				text: r.pick([`REMB DOSSIER ${digits}`, `REF ${r.digits(7)}`, `LOYER ${r.between(1, 12)}/2026`, `SUBVENTION ${digits}`, `PRET ${r.digits(8)}`, ""]),
				rows: [["UNRELATED", null, null, 0]] });
		},
		trap_twice() {
			const c = someone();
			if (!c) return;
			const i = r.pick(free(c));
			if (equal(c, i.minor) > 1) return;
			const e = { ...from(c), minor: i.minor, text: quote(c, dress(c, i)) };
			// Which of two equal entries pays is nobody's to know: one of them may be posted, either.
			add("twice", { ...e, rows: [alloc(i)] });
			add("twice", { ...e, rows: [alloc(i)] });
		},
		trap_gone() {
			const c = someone();
			if (!c) return;
			let text;
			for (let k = 0; k < 20 && (!text || known.has(text)); k++) text = NUMBERINGS[company.numbering](items.length + r.between(5, 4000), 2026, 0, 9);
			const minor = r.between(1000, 900000);
			if (free(c).some((o) => o.minor === minor)) return;
			add("trap paid before", { ...from(c), minor, text: quote(c, text), rows: [["UNAPPLIED", c, null, minor]] });
		},
		trap_nameless() {
			const i = r.pick(items.filter((o) => !used.has(o) && !o.isCredit));
			if (!i) return;
			// The amount of an open document, and nothing else: a person must look.
			add("open nameless amount", { isNameless: true, name: "", iban: "", minor: i.minor, text: r.pick(words(i.customer).nothing), rows: [alloc(i)] });
		},
	};
	Object.assign(MAKERS, company.kind?.makers?.({ r, today, customers, used, free, add, from, alloc, someone, equal, dress, quote, words }));
	const weights = company.kind?.weights ?? [[24, "exact"], [12, "damaged"], [14, "several"], [10, "amount"], [2, "twin"], [4, "all_due"], [3, "discount"], [3, "fee"], [5, "part"], [3, "over"], [4, "group"],
		[company.factored ? 3 : 0, "factor"], [4, "trap_other_reference"], [5, "trap_stranger"], [2, "trap_twice"], [2, "trap_gone"], [2, "trap_nameless"]];
	for (let k = 0; k < n * 4 && made.length < n; k++) MAKERS[r.weighted(weights)]();
	// What is still open when all is paid is what the entries that say nothing could also mean. The oldest of
	// equal receivables is a custom, not a fact: a person chooses.
	for (const e of made.filter((o) => o.isDoubtful)) {
		const [[, c, item]] = e.rows;
		const silent = new Set(made.filter((o) => o.isDoubtful && o !== e).map((o) => o.rows[0][2]));
		const left = (o) => o.minor === item.minor && o !== item && !o.isCredit && (!used.has(o) || silent.has(o));
		if (c.open.some(left)) e.class = "open equal";
		else if (!`${e.text} ${e.e2e}`.includes(c.code) && twins(c).some((o) => o.open.some(left) && isTwinPayer(e, c, o))) e.class = "open twin";
	}
	r.shuffle(made).forEach((e, i) => {
		e.id = `E${String(i + 1).padStart(6, "0")}`;
		if (e.rows[0][0] === "UNRELATED") e.rows[0][3] = e.minor;
	});
	return made.map((e) => ({ ...e, amount: euros(e.minor) }));
}
