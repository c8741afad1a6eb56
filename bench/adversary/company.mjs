// SPDX-License-Identifier: Apache-2.0
// company.mjs - one company of its kind: who its customers are, how it numbers, what is open. Made up from
// lists of plain words: no name of it is anybody's.
import { KINDS } from "./kinds.mjs";
import { NUMBERINGS } from "./style.mjs";

const STEMS = ("Alba Brenn Corvin Dalmor Estrel Farnel Gravel Holm Ilden Jorval Kestrel Lormont Marvel Norden Orval Pellan Quenel " +
	"Rivel Sorbier Tamaris Ulmen Valdor Westerby Xantor Yvoire Zelden Ambre Bastide Cormier Dunant Elbor Frelon Garance " +
	"Halden Ivoire Jasper Kolmar Lavande Mistral Noyer Olivet Pinson Rosmar Savine Tilleul Ursin Verger Windal").split(" ");
const TRADES = {
	fr: ["Menuiserie", "Transports", "Boulangerie", "Imprimerie", "Garage", "Travaux", "Négoce", "Plomberie", "Électricité", "Façades"],
	en: ["Trading", "Logistics", "Foods", "Engineering", "Supplies", "Fixtures", "Packaging", "Services"],
	de: ["Metallbau", "Handels", "Maschinenbau", "Spedition", "Druckerei", "Holzbau", "Technik"],
	es: ["Distribuciones", "Construcciones", "Suministros", "Talleres", "Alimentación"],
};
const FORMS = { fr: ["SARL", "SAS", "SA", "EURL", ""], en: ["Ltd", "Limited", "PLC", ""], de: ["GmbH", "GmbH & Co. KG", "AG", "KG"], es: ["SL", "S.L.", "SA", "S.A."] };
const CITIES = { fr: ["Rennes", "Lyon", "Nantes", "Dax", "Metz"], en: ["Leeds", "York", "Hull"], de: ["Köln", "Ulm", "Bremen"], es: ["Vigo", "Soria", "Jaén"] };

const luhn = (body) => {
	let sum = 0;
	[...body].reverse().forEach((c, i) => {
		const d = Number(c) * (i % 2 === 0 ? 2 : 1);
		sum += d > 9 ? d - 9 : d;
	});
	return String((10 - (sum % 10)) % 10);
};
const mod97 = (text) => [...text].reduce((m, c) => Number(String(m) + parseInt(c, 36)) % 97, 0);

// A French account number whose keys hold.
export function iban(n) {
	const account = `${String(30000 + (n % 700)).padStart(5, "0")}${String((n * 37) % 100000).padStart(5, "0")}${String((n * 7919 + 1234567) % 99999999999).padStart(11, "0")}`;
	const key = 97 - Number((BigInt(account) * 100n) % 97n);
	const bban = account + String(key).padStart(2, "0");
	return `FR${String(98 - mod97(bban + "FR00")).padStart(2, "0")}${bban}`;
}

function nameOf(r, lang) {
	const stem = r.pick(STEMS) + (r.chance(0.5) ? ` ${r.pick(STEMS)}` : "");
	const trade = r.pick(TRADES[lang]);
	const form = r.pick(FORMS[lang]);
	const city = r.chance(0.3) ? ` ${lang === "fr" ? "de " : ""}${r.pick(CITIES[lang])}` : "";
	const words = r.weighted([[4, `${trade} ${stem}${city} ${form}`], [4, `${stem} ${trade}${city} ${form}`], [2, `${form} ${stem} ${trade}`], [1, `${stem} & ${r.pick(STEMS)} ${form}`], [1, stem]]);
	return words.replace(/ +/g, " ").trim();
}

// How this company is: drawn once.
export function temper(r, options) {
	return {
		kind: KINDS[options.kind],
		numbering: options.numbering ?? r.pick(Object.keys(NUMBERINGS)),
		n_branches: r.weighted([[3, 1], [2, 3], [1, 8]]),
		languages: r.weighted([[4, [[8, "fr"], [1, "en"]]], [2, [[3, "en"], [2, "de"], [2, "fr"]]], [1, [[3, "de"], [1, "en"]]], [1, [[3, "es"], [1, "fr"]]]]),
		priceList: r.chance(0.4) ? Array.from({ length: r.between(3, 40) }, () => r.between(900, 90000) * 10) : null,
		recurring: r.chance(0.5) ? 0.05 + 0.3 * r.next() : 0.02,
		twins: 0.01 + 0.06 * r.next(),
		groups: 0.02 + 0.1 * r.next(),
		factored: r.chance(0.5) ? 0.03 : 0,
		sharedIban: 0.02,
		ibanKnown: r.next(),
		payerNamed: r.weighted([[5, 0.97], [2, 0.8], [1, 0.5]]),
	};
}

function customersOf(r, t, n) {
	const list = [];
	for (let i = 0; i < n; i++) {
		const lang = t.kind ? t.kind.lang(r) : r.weighted(t.languages);
		const body = String(300000000 + ((i * 7919 + r.below(7)) % 600000000)).slice(0, 8);
		const c = { at: i, code: t.kind?.code?.(i) ?? `K${String(i * 3 + 17).padStart(5, "0")}`, lang, name: t.kind?.name(r, lang) ?? nameOf(r, lang), siren: body + luhn(body), parent: null, iban: iban(i + 1), iban_told: "", open: [] };
		if (i > 10 && r.chance(t.twins)) {
			const other = r.pick(list);
			c.name = r.chance(0.4) ? other.name : `${other.name.split(" ").slice(0, 2).join(" ")} ${r.pick(FORMS[lang] ?? [""])}`.trim();
			c.twin = other;
		} else if (i > 10 && r.chance(t.groups)) {
			c.parent = list[r.below(Math.min(i, 8))];
		}
		if (i > 10 && r.chance(t.sharedIban)) c.iban = r.pick(list).iban;
		if (r.chance(t.ibanKnown)) c.iban_told = c.iban;
		c.habit = r.weighted([[5, "single"], [3, "several"], [2, "all_due"], [1, "nothing"], [1, "instalments"]]);
		c.clothes = r.weighted([[6, "exact"], [1, "lower"], [2, "bare"], [1, "dotted"], [1, "spaced"], [1, "split"], [1, "glued"], [1, "zeros"]]);
		c.rent = r.chance(t.recurring) ? r.between(50, 4000) * 100 : 0;
		list.push(c);
	}
	// Half of an eager company's customers have the same weight; a few have most of the documents.
	return list;
}

function amountOf(r, t, c) {
	if (t.kind?.amount) return t.kind.amount(r);
	if (c.rent && r.chance(0.8)) return c.rent;
	if (t.priceList) return r.pick(t.priceList) * r.weighted([[5, 1], [2, 2], [1, 3]]);
	return Math.max(500, Math.round(Math.exp(6.2 + 1.2 * r.normal()) * 100));
}

const DAY = 86400000;
export const iso = (day) => new Date(day * DAY).toISOString().slice(0, 10);

function documentsOf(r, t, customers, n, today) {
	const items = [];
	const counts = Array(t.n_branches).fill(0);
	for (let i = 0; i < n; i++) {
		const issued = today - 120 + Math.floor((115 * i) / n);
		const c = customers[Math.floor(customers.length * r.next() ** 2)];
		const branch = r.below(t.n_branches);
		const [year, month] = iso(issued).split("-").map(Number);
		const isCredit = r.chance(0.03);
		const minor = amountOf(r, t, c);
		const item = { document: NUMBERINGS[t.numbering](t.n_branches > 1 && t.numbering.startsWith("branch") ? ++counts[branch] : i + 1, year, branch, month),
			customer: c, issued, due: issued + r.pick([30, 30, 45, 60]), minor: isCredit ? -Math.round(minor / r.between(1, 6)) : minor, isCredit };
		if (isCredit) item.document = `${r.pick(["AV", "CN"])}${item.document}`;
		items.push(item);
		c.open.push(item);
	}
	return items;
}

export function company(r, options) {
	const t = temper(r, options);
	const customers = customersOf(r, t, options.customers);
	const items = t.kind?.documents ? t.kind.documents(r, NUMBERINGS[t.numbering], customers, options.documents, options.today) : documentsOf(r, t, customers, options.documents, options.today);
	return { ...t, customers, items };
}
