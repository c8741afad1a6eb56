// SPDX-License-Identifier: Apache-2.0
// style.mjs - how companies number their documents, and how payers write those numbers.

const pad = (n, width) => String(n).padStart(width, "0");

// Each: (sequence number, year, branch) to the document's number.
export const NUMBERINGS = {
	plain: (n) => String(1000000 + n),
	short: (n) => String(100 + n),
	padded: (n) => pad(n, 8),
	slashYear: (n, y) => `${y}/${pad(n, 5)}`,
	dashShort: (n, y) => `F-${String(y).slice(2)}-${n}`,
	inv: (n, y) => `INV/${y}/${pad(n, 4)}`,
	branch: (n, y, b) => `${"ABCDEFGH"[b]}${pad(n, 6)}`,
	branchYear: (n, y, b) => `${pad(b + 1, 2)}${String(y).slice(2)}${pad(n, 5)}`,
	letters: (n) => `RE${n.toString(36).toUpperCase().padStart(5, "0")}`,
	checked: (n) => `${pad(n, 7)}-${pad(97 - ((n * 100) % 97), 2)}`,
	monthly: (n, y, b, month) => `FC${String(y).slice(2)}${pad(month, 2)}${pad(n, 4)}`,
	long: (n, y) => `SO-${y}-DE-${pad(n, 9)}`,
};

const confuse = (text, r) => {
	const twin = { 0: "O", 1: "I", 5: "S", 8: "B", O: "0", I: "1", S: "5", B: "8" };
	const places = [...text].flatMap((c, i) => (twin[c] ? [i] : []));
	if (!places.length) return null;
	const i = r.pick(places);
	return text.slice(0, i) + twin[text[i]] + text.slice(i + 1);
};
const lastDigits = (text) => text.match(/(\d+)\D*$/)?.[1] ?? "";
const digitAt = (text, r) => {
	const places = [...text].flatMap((c, i) => (/\d/.test(c) ? [i] : []));
	return places.length ? r.pick(places.slice(-4)) : -1;
};

// Faithful ways: the number is all there, in other clothes.
export const CLOTHES = {
	exact: (t) => t,
	lower: (t) => t.toLowerCase(),
	bare: (t) => t.replace(/[^A-Za-z0-9]/g, ""),
	dotted: (t) => t.replace(/[^A-Za-z0-9]/g, "."),
	spaced: (t) => t.replace(/[^A-Za-z0-9]/g, " "),
	split: (t, r) => {
		const i = r.between(2, Math.max(2, t.length - 2));
		return `${t.slice(0, i)} ${t.slice(i)}`;
	},
	glued: (t, r) => `${r.pick(["FACT", "N", "REF", "INV", "NR"])}${t}${r.pick(["", "DU1210", "DU03/10"])}`,
	zeros: (t) => t.replace(/(\d+)(\D*)$/, (_, d, end) => String(Number(d)) + end),
};

// Damaged ways: something is missing or wrong.
export const DAMAGES = {
	letters: (t, r) => confuse(t, r),
	tail: (t) => lastDigits(t).replace(/^0+/, ""),
	tailFour: (t) => lastDigits(t).slice(-4),
	cut: (t) => t.slice(0, -1),
	swapped: (t, r) => {
		const i = digitAt(t, r);
		return i > 0 && t[i - 1] !== t[i] && /\d/.test(t[i - 1]) ? t.slice(0, i - 1) + t[i] + t[i - 1] + t.slice(i + 1) : null;
	},
	wrong: (t, r) => {
		const i = digitAt(t, r);
		return i < 0 ? null : t.slice(0, i) + ((Number(t[i]) + r.between(1, 9)) % 10) + t.slice(i + 1);
	},
	lost: (t, r) => {
		const i = digitAt(t, r);
		return i < 0 ? null : t.slice(0, i) + t.slice(i + 1);
	},
};

export const WORDS = {
	fr: {
		quote: ["FACTURE #", "REGLEMENT FACT #", "#", "VIR SEPA #", "PAIEMENT FACTURES #", "NOTRE REGLEMENT # MERCI", "VOTRE FACTURE # DU 12/09/2026", "CDE 4471 FACT #"],
		nothing: ["VIREMENT", "REGLEMENT", "", "PAIEMENT FOURNISSEUR", "VIR RECU", "REGLEMENT SELON RELEVE", "0612345678 COMPTA"],
		all: ["SOLDE COMPTE", "RELEVE OCTOBRE", "SOLDE DE TOUT COMPTE", "VOTRE RELEVE"],
		part: ["ACOMPTE #", "1ER VERSEMENT #", "PAIEMENT PARTIEL #"],
		discount: ["# ESCOMPTE DEDUIT", "# MOINS ESCOMPTE %", "FACT # ESC"],
		forWhom: ["POUR CPTE ~ FACT #", "ORDRE DE ~ #"],
	},
	en: {
		quote: ["INVOICE #", "INV #", "PAYMENT OF #", "YOUR INV NO # THANKS", "/RFB/#", "SETTLEMENT #"],
		nothing: ["PAYMENT", "SUPPLIER PAYMENT", "", "FASTER PAYMENT", "TREASURY RUN 4411"],
		all: ["STATEMENT OCTOBER", "ACCOUNT BALANCE", "AS PER STATEMENT"],
		part: ["PART PAYMENT #", "DEPOSIT ON #"],
		discount: ["# LESS DISCOUNT", "# LESS % PROMPT PAYMENT"],
		forWhom: ["ON BEHALF OF ~ INV #", "FOR ~ #"],
	},
	de: {
		quote: ["RECHNUNG #", "RG-NR. #", "RE #", "ZAHLUNG #", "RECHNUNGSNR # VOM 12.09.2026"],
		nothing: ["UEBERWEISUNG", "ZAHLUNG", "", "SAMMELZAHLUNG"],
		all: ["OFFENE POSTEN", "KONTOAUSGLEICH", "LT. KONTOAUSZUG 10/2026"],
		part: ["TEILZAHLUNG #", "ANZAHLUNG #"],
		discount: ["# ABZGL SKONTO", "# ABZGL % SKONTO"],
		forWhom: ["IM AUFTRAG VON ~ #"],
	},
	it: {
		quote: ["FATTURA #", "FT #", "SALDO FT #", "PAGAMENTO FATT. N. # DEL 12/09/2026"],
		nothing: ["BONIFICO", "PAGAMENTO FORNITORE", ""],
		all: ["SALDO ESTRATTO CONTO", "PARTITE APERTE"],
		part: ["ACCONTO #"],
		discount: ["# MENO SCONTO %", "# SCONTO CASSA"],
		forWhom: ["PER CONTO DI ~ FT #"],
	},
	nl: {
		quote: ["FACTUUR #", "FACTUURNR #", "BETALING FACTUUR #", "FACT. # D.D. 12-09-2026"],
		nothing: ["BETALING", "OVERBOEKING", ""],
		all: ["OPENSTAANDE POSTEN", "SALDO REKENING"],
		part: ["DEELBETALING #", "AANBETALING #"],
		discount: ["# MINUS % KORTING", "# BETALINGSKORTING"],
		forWhom: ["NAMENS ~ FACTUUR #"],
	},
	es: {
		quote: ["FACTURA #", "PAGO FRA #", "FRA. #", "ABONO FACTURA #"],
		nothing: ["TRANSFERENCIA", "PAGO PROVEEDOR", ""],
		all: ["LIQUIDACION OCTUBRE", "SALDO CUENTA"],
		part: ["PAGO PARCIAL #", "A CUENTA #"],
		discount: ["# DTO PRONTO PAGO", "# MENOS % DTO"],
		forWhom: ["POR CUENTA DE ~ FRA #"],
	},
};
