// SPDX-License-Identifier: Apache-2.0
// lettering.mjs - the lettering page in a real browser: sums while typing, by keyboard alone, on a phone.
import { check, EMAIL, finish, PASSWORD, run, start } from "../http/lib.mjs";
import { companyFiles, leadsTo, lookAt, openBrowser, openPage, until } from "./lib.mjs";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const server = await start();
const base = `http://127.0.0.1:${server.port}`;
const company = companyFiles();
check("the files are imported", run(server.db, ["import", ...company.files]).status === 0);
const folder = mkdtempSync(path.join(tmpdir(), "encours-letter-"));
writeFileSync(path.join(folder, "credits.csv"), "client;piece;type;date;echeance;montant\nC001;AV-9001;avoir;2026-02-01;2026-02-01;-440,00\nC001;AV-9002;avoir;2026-02-01;2026-02-01;-1000,00\n");
check("credits are imported", run(server.db, ["import", path.join(folder, "credits.csv")]).status === 0);
rmSync(folder, { recursive: true });
const browser = await openBrowser();

async function loggedIn(options) {
	const page = await openPage(browser, options);
	await page.goto(base + "/login");
	await page.getByLabel("Adresse e-mail").fill(EMAIL);
	await page.getByLabel("Mot de passe").fill(PASSWORD);
	await page.getByLabel("Mot de passe").press("Enter");
	await page.waitForURL(base + "/");
	return page;
}
const rest = (page) => page.locator("[data-rest]").innerText();
const plain = (text) => text.replace(/[\s\u00a0\u202f]/g, "");

try {
	const page = await loggedIn();
	await page.goto(base + "/customers?q=Copeaux");
	await page.locator("tbody").getByRole("link", { name: /Copeaux/ }).first().click();
	await page.waitForURL(/customers\/\d+/);
	await page.keyboard.press("e");
	await page.waitForURL(/lettering/);
	const address = new URL(page.url()).pathname;
	check("E opens the lettering page", true);
	check("the button that works out is spared", !(await page.locator("[data-sums-button]").isVisible()));

	const row = (document) => page.locator("tbody tr", { hasText: document });
	await row("FA2026-0001").locator(".pick").check();
	await row("AV-9002").locator(".pick").check();
	check("the remainder is told while ticking", plain(await rest(page)) === "7600,00€", await rest(page));
	await row("FA2026-0001").locator(".letter-amount").fill("1000,00");
	check("and while typing", plain(await rest(page)) === "0,00€", await rest(page));
	await row("FA2026-0001").locator(".letter-amount").fill("mille");
	check("what is no amount is not guessed", (await rest(page)) === "–", await rest(page));
	await row("FA2026-0001").locator(".letter-amount").fill("1 000,00");
	await page.locator("#main").focus();
	await leadsTo(page, () => page.keyboard.press("l"));
	check("L letters what is ticked", (await page.locator(".letter-code").first().innerText()) === "aaa");
	check("the partial code marks what is left", (await row("FA2026-0001").innerText()).includes("aaa"));
	await page.locator("#main").focus();
	await leadsTo(page, () => page.keyboard.press("Control+z"));
	check("Ctrl+Z takes it back", (await page.locator(".letter-code").count()) === 0);

	await page.locator("#main").focus();
	await page.keyboard.press("j");
	await page.keyboard.press("x");
	check("J and X tick a row", (await page.locator("tbody .pick:checked").count()) === 1);
	check("its sum follows", plain(await rest(page)) !== "0,00€", await rest(page));
	check("nothing failed on the page", page.faults.length === 0, page.faults);
	const state = await page.context().storageState();
	await lookAt(browser, base, state, address, "lettering");

	const phone = await loggedIn({ viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true });
	await phone.goto(base + address);
	await phone.locator("tbody tr", { hasText: "AV-9001" }).locator(".pick").tap();
	await phone.locator("tbody tr", { hasText: "FA2026-0003" }).locator(".pick").tap();
	const settled = () => document.querySelectorAll("tbody .pick:checked").length === 2 && /^0,00\s*€$/.test(document.querySelector("[data-rest]").textContent);
	check("a thumb ticks both", await until(phone, settled), await rest(phone));
	await leadsTo(phone, () => phone.locator(".act-bar .first").tap());
	check("and letters", (await phone.locator(".letter-code").first().innerText()) === "AAB", await phone.locator(".letter-code").allInnerTexts());
	check("nothing failed on the phone", phone.faults.length === 0, phone.faults);
	const faults = JSON.parse(run(server.db, ["verify", "--json"]).out).faults;
	check("every law holds", faults.length === 0, faults);
} finally {
	await browser.close();
	await server.stop();
	company.remove?.();
}
finish();
