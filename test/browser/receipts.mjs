// SPDX-License-Identifier: Apache-2.0
// Money that goes back, comes back, or came to an account of its own: refunds, returned payments that the accounting
// booked too, virtual IBANs, in a real browser; looked at in every theme and width.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { check, EMAIL, finish, PASSWORD, run, start } from "../http/lib.mjs";
import { dayFrom, leadsTo, lookAt, openBrowser, openPage } from "./lib.mjs";

const server = await start();
const base = `http://127.0.0.1:${server.port}`;
const folder = mkdtempSync(path.join(tmpdir(), "encours-receipts-"));
const put = (name, text) => {
	writeFileSync(path.join(folder, name), text);
	const done = run(server.db, ["import", path.join(folder, name)]);
	check(`${name} is taken`, done.status === 0, done.err);
};
const day = (days) => dayFrom(days).replaceAll("-", "");
const head = "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\n";
const booked = (journal, n, on, [account, aux, name], against, piece, label, sum, isDebit) => {
	const line = (number, a, b, debit) => `${journal}\t${journal}\t${n}\t${on}\t${number}\t${number}\t${a}\t${b}\t${piece}\t${on}\t${label}\t${debit ? sum : "0,00"}\t${debit ? "0,00" : sum}\t\t\t${on}\t\t\n`;
	return line(account, aux, name, isDebit) + line(against, "", "", !isDebit);
};
const dubourg = ["41100000", "C1", "Dubourg SARL"], lenoir = ["41100000", "C2", "Lenoir SAS"];
put(`123456782FEC${day(0).slice(0, 4)}1231.txt`, head +
	booked("VE", 1, day(-60), dubourg, "70700000", "FA2026-0012", "Facture", "1200,00", true) +
	booked("VE", 2, day(-60), lenoir, "70700000", "FA2026-0015", "Facture", "450,00", true) +
	// The returned debit of the first is booked before the bank tells it; of the same amount, one nobody knows of.
	booked("BQ", 3, day(-2), dubourg, "51200000", "BQ-77", "Rejet prelevement", "1200,00", true) +
	booked("BQ", 4, day(-2), dubourg, "51200000", "BQ-78", "Virement emis", "450,00", true));
const entry = (ref, way, amount, on, who, code, e2e, text, more = "") => `<Ntry><NtryRef>${ref}</NtryRef><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${way}</CdtDbtInd><Sts>BOOK</Sts>` +
	`<BookgDt><Dt>${on}</Dt></BookgDt><ValDt><Dt>${on}</Dt></ValDt><AcctSvcrRef>${ref}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>${code[0]}</Cd><SubFmlyCd>${code[1]}</SubFmlyCd></Fmly></Domn></BkTxCd>` +
	`<NtryDtls><TxDtls><Refs><EndToEndId>${e2e}</EndToEndId></Refs><RltdPties><Dbtr><Nm>${who}</Nm></Dbtr>${more.startsWith("FR") || more.startsWith("DE") ? `<CdtrAcct><Id><IBAN>${more}</IBAN></Id></CdtrAcct>` : ""}</RltdPties><RmtInf><Ustrd>${text}</Ustrd></RmtInf>` +
	`${more.length === 4 ? `<RtrInf><Rsn><Cd>${more}</Cd></Rsn></RtrInf>` : ""}</TxDtls></NtryDtls></Ntry>`;
const balance = (code, amount, on) => `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${on}</Dt></Dt></Bal>`;
put("camt.xml", '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr>' +
	"<Stmt><Id>S1</Id><Acct><Id><IBAN>FR7630082952718579124314064</IBAN></Id><Ccy>EUR</Ccy></Acct>" +
	balance("OPBD", "5000.00", dayFrom(-9)) + balance("CLBD", "5150.00", dayFrom(-1)) +
	entry("B1", "CRDT", "1200.00", dayFrom(-8), "DUBOURG SARL", ["IDDT", "ESDD"], "E2E-1", "FA2026-0012") +
	entry("B2", "CRDT", "450.00", dayFrom(-8), "LENOIR SAS", ["IDDT", "ESDD"], "E2E-2", "FA2026-0015") +
	entry("B5", "CRDT", "150.00", dayFrom(-7), "LENOIR SAS", ["RCDT", "ESCT"], "E2E-5", "DOUBLE PAIEMENT", "DE89370400440532013000") +
	entry("B3", "DBIT", "1200.00", dayFrom(-2), "DUBOURG SARL", ["IDDT", "UPDD"], "E2E-1", "REJET", "AM04") +
	entry("B4", "DBIT", "450.00", dayFrom(-2), "", ["IDDT", "UPDD"], "NOTPROVIDED", "REJET", "MD06") + "</Stmt></BkToCstmrStmt></Document>");
run(server.db, ["match"]);

const browser = await openBrowser();
const page = await openPage(browser);
page.setDefaultTimeout(15000);
await page.goto(`${base}/login`);
await page.fill("#email", EMAIL);
await page.fill("#password", PASSWORD);
await leadsTo(page, () => page.keyboard.press("Enter"));
const state = await page.context().storageState();
const two = [[1440, "light"], [390, "dark"]];
const said = () => page.locator(".toast").first().innerText();

// ---- returned payments
await page.goto(`${base}/bank/returns`);
const rows = page.locator("tbody tr");
check("both returns are listed", (await rows.count()) === 2, await rows.allInnerTexts());
const sure = rows.filter({ hasText: "Dubourg" }), open = rows.filter({ hasText: "À trancher" });
check("one is treated, the other waits for a person", (await sure.count()) === 1 && (await open.count()) === 1);
await leadsTo(page, () => sure.locator("th a").click());
check("the accounting's line stands for it", (await page.locator("main").innerText()).includes("BQ-77"));
const treated = new URL(page.url()).pathname;
await leadsTo(page, () => page.getByRole("button", { name: "Vu" }).click());
check("seen, and back at the list", new URL(page.url()).pathname === "/bank/returns" && (await said()).length > 0);
await leadsTo(page, () => page.locator("tbody tr", { hasText: "À trancher" }).getByRole("link", { name: "Décider" }).click());
const waiting = new URL(page.url()).pathname;
const choices = page.locator("input[name=payment]");
check("its payment and the accounting's line are offered", (await choices.count()) >= 2, await page.locator("main").innerText());
await lookAt(browser, base, state, waiting, "return-to-decide");
await page.locator("input[name=payment][value^=line-]").first().check();
await leadsTo(page, () => page.getByRole("button", { name: "Le traiter ainsi" }).click());
check("it is that line", (await page.locator("main").innerText()).includes("BQ-78"), await page.locator("main").innerText());
await leadsTo(page, () => page.getByRole("button", { name: "Annuler ce traitement" }).click());
check("taken back, it may be decided again", (await page.locator("input[name=payment]").count()) >= 1);
await leadsTo(page, () => page.getByRole("button", { name: "Pas un paiement" }).click());
check("dismissed, it is nobody's", /Hors clients/.test(await page.locator("main").innerText()) && /Payeur non nommé/.test(await page.locator("main").innerText()), await page.locator("main").innerText());
await lookAt(browser, base, state, "/bank/returns", "returns");
await lookAt(browser, base, state, treated, "return-booked", two);

// ---- a refund, from the receipt to the file and back
await page.goto(`${base}/bank/entries`);
await leadsTo(page, () => page.locator("tbody tr", { hasText: "DOUBLE PAIEMENT" }).locator("a").first().click());
await page.keyboard.press("f");
await page.locator("#refund-iban").fill("FR7630006000011234567890189");
await page.locator("#refund-holder").fill("Lenoir SAS");
await page.locator("#refund-reason").fill("Payé deux fois");
await Promise.all([page.waitForResponse((r) => r.request().method() === "POST"), page.keyboard.press("Enter")]);
await page.goto(`${base}/bank/refunds`);
const refund = page.locator("[data-rows] tbody tr");
check("the refund is listed, to be paid", (await refund.count()) === 1 && (await refund.innerText()).includes("À payer"), await page.locator("main").innerText());
await lookAt(browser, base, state, "/bank/refunds", "refunds-due", two);
await leadsTo(page, () => page.getByRole("button", { name: "Établir le fichier de virements" }).click());
check("its file is made", (await refund.innerText()).includes("Remis à la banque") && (await page.getByRole("link", { name: /^Fichier/ }).count()) === 1, await page.locator("main").innerText());
const file = await (await page.context().request.get(`${base}${await page.getByRole("link", { name: /^Fichier/ }).getAttribute("href")}`)).text();
check("the file pays it", file.includes("FR7630006000011234567890189") && file.includes("150.00"), file.slice(0, 300));
await lookAt(browser, base, state, "/bank/refunds", "refunds-file");
await leadsTo(page, () => page.getByRole("button", { name: /^L’annuler/ }).click());
check("withdrawn, it is to be paid again", (await refund.innerText()).includes("À payer"), await refund.innerText());
await leadsTo(page, () => page.getByRole("button", { name: /^C’est payé/ }).click());
check("noted as paid by hand", (await refund.innerText()).includes("Remboursé"), await refund.innerText());
await leadsTo(page, () => page.getByRole("button", { name: /^Non payé/ }).click());
await leadsTo(page, () => page.getByRole("button", { name: /^Annuler \(/ }).click());
check("cancelled, it is in force no longer", (await refund.count()) === 0, await page.locator("main").innerText());

// ---- virtual IBANs
const here = "/bank/virtual-ibans";
await page.goto(base + here);
await page.fill("#iban", "de89 3704 0044 0532 0130 00");
await page.fill("#customer", "lenoir");
await page.fill("#from", dayFrom(-30));
await leadsTo(page, () => page.getByRole("button", { name: "L’attribuer" }).click());
const given = page.locator("tbody tr");
check("given, and what came there is told", (await given.count()) === 1 && (await given.innerText()).replaceAll(/\s/g, "").includes("150,00"), await given.innerText());
await lookAt(browser, base, state, here, "virtual-ibans");
await leadsTo(page, () => given.locator("a", { hasText: "DE89370400440532013000" }).click());
const one = new URL(page.url()).pathname;
check("one is shown with its receipts", (await page.locator("main").innerText()).includes("LENOIR SAS"));
await lookAt(browser, base, state, one, "virtual-iban", two);
await leadsTo(page, () => page.getByRole("button", { name: "Fermer cet IBAN" }).click());
check("closed", (await page.locator("main").innerText()).includes("–") && (await page.getByRole("button", { name: "Fermer cet IBAN" }).count()) === 0);
await leadsTo(page, () => page.locator(".toast").getByRole("button", { name: "Annuler" }).click());
await page.goto(base + one);
check("and open again after its undo", (await page.getByRole("button", { name: "Fermer cet IBAN" }).count()) === 1);

check("every law holds", JSON.parse(run(server.db, ["verify", "--json"]).out).faults.length === 0);
check("no script failed", page.faults.length === 0, page.faults);
await browser.close();
await server.stop();
rmSync(folder, { recursive: true });
finish();
