// SPDX-License-Identifier: Apache-2.0
// Pages of the demo that no other test of this folder opens: landmarks, labels and contrast (axe-core), nothing sideways;
// lists and tabs by keyboard, and without scripts.
import { check, finish, start } from "../http/lib.mjs";
import { leadsTo, lookAt, openBrowser, openPage } from "./lib.mjs";

const server = await start({ demo: "small" });
const base = `http://127.0.0.1:${server.port}`;
const browser = await openBrowser();
const page = await openPage(browser);
page.setDefaultTimeout(15000);
await page.goto(`${base}/login`);
await page.fill("#email", "demo@encours.example");
await page.fill("#password", "essai-encours-2026");
await leadsTo(page, () => page.keyboard.press("Enter"));
const state = await page.context().storageState();

// The first address on a page that matches; null when there is none.
async function found(at, pattern) {
	await page.goto(base + at);
	const all = await page.locator("a[href]").evaluateAll((links) => links.map((a) => a.getAttribute("href")));
	return all.find((href) => pattern.test(href)) ?? null;
}
const some = {
	advice: await found("/bank/advices", /^\/bank\/advices\/\d+$/),
	return: await found("/bank/returns", /^\/bank\/returns\/\d+$/),
	statement: await found("/bank/statements", /^\/bank\/statements\/\d+$/),
	user: await found("/settings/users", /^\/settings\/users\/\d+$/),
	message: await found("/reminders/outbox", /^\/reminders\/outbox\/\d+$/),
	customer: await found("/promises", /^\/customers\/\d+$/),
};
check("the demo has one of each but advices", Object.entries(some).every(([name, at]) => at || name === "advice" || name === "return"), some);

const pages = {
	learning: "/bank/learned", advices: "/bank/advices", advice: some.advice, returns: "/bank/returns", return: some.return,
	entries: "/bank/entries", statements: "/bank/statements", statement: some.statement, tokens: "/settings/tokens",
	users: "/settings/users", user: some.user, account: "/account", accounts: "/settings/accounts", exports: "/exports",
	message: some.message, "customer-payments": `${some.customer}?tab=payments`,
	"customer-history": `${some.customer}?tab=history`, "customer-facts": `${some.customer}?tab=facts`,
};
// A wide light view and a narrow dark one: the parts themselves are looked at in every theme and width elsewhere.
for (const [name, at] of Object.entries(pages)) if (at) await lookAt(browser, base, state, at, name, [[1440, "light"], [390, "dark"]]);

// ---- a list by keyboard
await page.goto(`${base}/promises`);
await page.keyboard.press("j");
const first = await page.evaluate(() => document.activeElement.textContent);
await page.keyboard.press("j");
check("J goes down a list", (await page.evaluate(() => document.activeElement.textContent)) !== "" && (await page.evaluate(() => document.activeElement.closest("tr") !== document.querySelector("tbody tr"))), first);
await page.keyboard.press("k");
check("K goes up again", (await page.evaluate(() => document.activeElement.textContent)) === first);
await page.keyboard.press("x");
check("X ticks the row, and the bar adds up", await page.locator(".picked").isVisible());

// ---- the tabs of a customer by keyboard
await page.goto(base + some.customer);
await page.locator("nav.tabs a").first().focus();
await page.keyboard.press("Tab");
await leadsTo(page, () => page.keyboard.press("Enter"));
check("Tab and Enter open the second tab", page.url().endsWith("?tab=payments") && (await page.locator("nav.tabs [aria-current]").innerText()) === "Paiements");
await page.goBack();
check("and back leads to the first", (await page.locator("nav.tabs [aria-current]").innerText()) === "Pièces ouvertes");

// ---- a tab chosen at the end is seen on a phone
const phone = await openPage(browser, { storageState: state, viewport: { width: 390, height: 844 } });
await phone.goto(`${base}${some.customer}?tab=facts`);
const box = await phone.locator("nav.tabs [aria-current]").boundingBox();
check("the chosen tab is in sight on a phone", box.x >= 0 && box.x + box.width <= 390, box);
await phone.context().close();

// ---- without scripts
const plain = await openPage(browser, { storageState: state, javaScriptEnabled: false });
await plain.goto(`${base}${some.customer}?tab=promises`);
await leadsTo(plain, () => plain.locator("nav.tabs").getByRole("link", { name: "Litiges" }).click());
check("tabs work without scripts", plain.url().endsWith("?tab=disputes"));
await plain.goto(`${base}/bank/entries`);
await plain.locator("#by-state").selectOption("matched");
await leadsTo(plain, () => plain.locator("form.tools button[type=submit]").click());
check("filters work without scripts", /state=matched/.test(plain.url()) && (await plain.locator("tbody tr").count()) > 0, plain.url());
await plain.locator("details.menu summary", { hasText: "Exporter" }).click();
const [file] = await Promise.all([plain.waitForEvent("download"), plain.getByRole("link", { name: "Texte (CSV)" }).click()]);
check("and the list is taken out", /\.csv$/.test(file.suggestedFilename()), file.suggestedFilename());
await plain.context().close();

check("no fault of a script", page.faults.length === 0, page.faults);
await browser.close();
await server.stop();
finish();
