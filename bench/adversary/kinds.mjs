// SPDX-License-Identifier: Apache-2.0
// kinds.mjs - companies whose customers are no ordinary traders: towns and schools paid for by one treasury, shops
// of a few brands that differ by their town, private persons and couples, buyers abroad.
//
// A kind gives names (name), how its payers are printed (payer) and what they add to a text (noise); some their own
// documents, amounts and ways of paying (documents, amount, makers, weights).
import { iban } from "./company.mjs";
import * as abroad from "./export.mjs";
import * as recurring from "./recurring.mjs";
import * as wholesale from "./wholesale.mjs";

const TOWNS = ("Arcelle Boismont Corvanne Dreval Estorel Fontbrune Gardanel Houlmes Ingrane Jourvaux Kerlouan Lanvaux Montaigre Norvins Orcelle " +
	"Plouvara Quemper Roselier Saintonge Trevoux Urville Valserre Wissant Yvernon Zuydcote").split(" ");
const FIRST = ["Anne", "Bruno", "Claire", "David", "Elise", "Farid", "Hugo", "Ines", "Jean", "Louise", "Marc", "Nadia", "Paul", "Rose"];
const LAST = ("Abelard Bertin Carlier Delorme Ermont Fauvel Gicquel Hamon Jaouen Kervel Lebrec Maurel Nolain Orain Perrot Quintin Rolland Servane Tanguy Vidal").split(" ");
const BRANDS = ["Panorel", "Bricavert", "Optimea"];
const PUBLIC = ["Mairie de", "Commune de", "Lycée de", "Collège de", "CHU de", "Communauté de communes de", "SIVOM de"];
const ABROAD = {
	it: { trade: ["Officine", "Trasporti", "Costruzioni", "Alimentari", "Tessuti"], form: ["S.r.l.", "SRL", "S.p.A.", "SNC"] },
	nl: { trade: ["Bouw", "Handel", "Logistiek", "Techniek", "Groothandel"], form: ["B.V.", "BV", "N.V.", "VOF"] },
};
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toUpperCase();
const town = (r) => r.pick(TOWNS) + (r.chance(0.4) ? ` ${r.pick(["sur Mer", "le Bourg", "les Bains", "Nord"])}` : "");

const orders = (r) => r.pick([`BC ${r.digits(10)}`, `CDE ${r.digits(5)}`, `PO ${r.digits(8)}`, `TEL 06${r.digits(8)}`, `REF CLIENT ${r.digits(6)}`, "12.09.26 EUR"]);

export const KINDS = {
	trade: null,
	public: {
		lang: () => "fr",
		name: (r) => `${r.pick(PUBLIC)} ${town(r)}`,
		payer: (r, c) => r.weighted([[4, { name: "DRFIP BRETAGNE", iban: iban(990201) }], [3, { name: "TRESORERIE MUNICIPALE", iban: iban(990202) }], [2, { name: plain(c.name), iban: "" }]]),
		noise: (r, c) => `MANDAT ${r.between(1, 9999)} BORD ${r.between(1, 400)}${r.chance(0.7) ? ` ${plain(c.name)}` : ""}`,
	},
	brand: {
		lang: () => "fr",
		name: (r) => `${r.pick(BRANDS)} ${r.pick(["Market", "City", "Drive", ""])} ${town(r)}`.replace(/ +/g, " "),
		payer: (r, c) => r.weighted([[5, { name: plain(c.name), iban: c.iban }], [2, { name: plain(c.name).split(" ").slice(0, 2).join(" "), iban: c.iban }], [1, { name: `${plain(c.name).split(" ")[0]} FRANCE SAS`, iban: iban(990300 + c.name.length) }]]),
		noise: orders,
	},
	person: {
		lang: () => "fr",
		name: (r) => `${r.pick(FIRST)} ${r.pick(LAST)}`,
		payer: (r, c) => {
			const [first, last] = plain(c.name).split(" ");
			return { name: r.pick([`M ${last} ${first}`, `MME ${last}`, `M OU MME ${last} ${first}`, `${last} ${first}`, `${first} ${last}`, last]), iban: r.chance(0.3) ? c.iban : "" };
		},
		noise: (r, c) => r.pick(["", "MERCI", `DE LA PART DE ${plain(c.name)}`, `CLIENT ${c.code}`]),
	},
	abroad: {
		lang: (r) => r.pick(["it", "nl", "de", "en"]),
		name: (r, lang) => (ABROAD[lang] ? `${r.pick(ABROAD[lang].trade)} ${r.pick(LAST)} ${r.pick(ABROAD[lang].form)}` : null),
		payer: (r, c) => ({ name: plain(c.name).replace(/\./g, r.chance(0.5) ? "" : "."), iban: r.chance(0.5) ? c.iban : "" }),
		noise: orders,
	},
	utility: {
		...recurring,
		lang: () => "fr",
		name: (r) => r.weighted([[3, `${r.pick(FIRST)} ${r.pick(LAST)}`], [1, `SCI ${r.pick(LAST)} ${r.pick(TOWNS)}`], [1, null]]),
		code: (i) => String(4100000000 + i * 7919),
		payer: (r, c) => ({ name: r.chance(0.9) ? plain(c.name) : "", iban: r.chance(0.5) ? c.iban : "" }),
		noise: () => "",
	},
	export: {
		...abroad,
		lang: (r) => r.pick(["en", "es", "de"]),
		name: () => null,
		payer: (r, c) => ({ name: plain(c.name).replace(/\./g, "").slice(0, r.pick([22, 35, 70])).trim(), iban: r.chance(0.4) ? c.iban : "" }),
		noise: orders,
	},
	wholesale: {
		...wholesale,
		lang: () => "fr",
		name: () => null,
		payer: (r, c) => ({ name: plain(c.name), iban: r.chance(0.5) ? c.iban : "" }),
		noise: orders,
	},
};
