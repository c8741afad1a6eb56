// SPDX-License-Identifier: Apache-2.0
// keyboard.mjs - without a mouse, and without scripts.
import { check, EMAIL, finish, PASSWORD, run, start } from "../http/lib.mjs";
import { companyFiles, leadsTo, openBrowser, openPage, until } from "./lib.mjs";

const server = await start();
const base = `http://127.0.0.1:${server.port}`;
const company = companyFiles();
const imported = run(server.db, ["import", ...company.files]);
check("the files are imported by the command line", imported.status === 0, imported.err);
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

try {
	const page = await loggedIn();
	const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
	// Types into the search and waits for the answer to the whole of it.
	const find = async (text) => {
		const whole = (r) => r.url().endsWith(`/search?q=${encodeURIComponent(text)}`);
		await Promise.all([page.waitForResponse(whole), page.keyboard.type(text, { delay: 20 })]);
		await page.locator(`#finds[data-of="${text}"] [role=option]`).first().waitFor();
	};
	const focused = (what) => page.evaluate(what);

	await press("Tab");
	check("the first stop is the way past the navigation", await focused(() => document.activeElement.matches(".jump")));
	await press("Enter");
	check("it leads to the content", await until(page, () => document.activeElement.id === "main"));
	const unseen = [];
	for (let i = 0; i < 25; i++) {
		await press("Tab");
		unseen.push(...await page.evaluate(() => {
			const at = document.activeElement;
			/* The search field shows the focus on the line around it. */
			const shown = at.closest(".line") ?? at;
			const style = getComputedStyle(shown);
			return at === document.body || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) ? [] : [at.outerHTML.slice(0, 120)];
		}));
	}
	check("the focus is always seen", unseen.length === 0, unseen);
	await page.locator("#main").focus();

	await press("?");
	check("? opens the help", await until(page, () => document.querySelector("#keys").open));
	await press("Escape");
	check("Escape closes it", await until(page, () => !document.querySelector("#keys").open));

	await press("g", "c");
	await page.waitForURL(/customers/);
	check("G then C goes to the customers", true);
	await press("j", "j", "k");
	const name = await focused(() => document.activeElement.textContent);
	check("J and K walk the rows", name === "Boulons Tournebille", name);
	await press("Enter");
	await page.waitForURL(/customers\/\d+$/);
	check("Enter opens the row", (await page.locator("h1").innerText()) === "Boulons Tournebille");

	await press("j", "x");
	check("X ticks the row, and the bar tells the sum", (await page.locator(".picked").innerText()).includes("4 106,18") ||
		/4\s?106,18/.test(await page.locator(".picked").innerText()), await page.locator(".picked").innerText());
	await press("p");
	await page.waitForURL(/promise/);
	await page.locator("#promised_on").waitFor();
	check("P asks for a promise", true);
	check("the day to fill in has the focus", await until(page, () => document.activeElement.id === "promised_on"));
	await page.locator("#detail").focus();
	await page.keyboard.type("gc?x");
	check("letters typed in a field stay letters", (await page.locator("#detail").inputValue()) === "gc?x");
	await page.locator("#promised_on").fill(new Date(Date.now() + 5 * 86400000).toISOString().slice(0, 10));
	await page.locator("#detail").press("Enter");
	await page.waitForURL(/customers\/\d+$/);
	check("what was done can be taken back", await page.locator(".toasts [data-undo]").isVisible());
	await page.locator("main").focus();
	await leadsTo(page, () => press("Control+z"));
	await page.locator(".badge.off").first().waitFor();
	check("Ctrl Z takes it back", (await page.locator("main").innerText()).includes("annulée"));

	await press("Control+k");
	await find("FA2026-0008");
	await press("ArrowDown");
	check("the search tells which result is chosen", (await page.locator("[data-find] input").getAttribute("aria-activedescendant")) === "find-0");
	const before = page.url();
	await press("Enter");
	await page.waitForURL(u => u.href !== before && /\/(items|customers)\/\d+/.test(u.pathname));
	check("Enter opens it", true);

	await page.goto(base + "/");
	await press("Control+k");
	await find("evolu");
	await page.locator("#finds [role=option]", { hasText: "Évolution" }).first().waitFor();
	await press("ArrowDown", "Enter");
	await page.waitForURL(base + "/trends");
	check("Ctrl K goes to a page by the beginning of its name", true);
	await press("Control+k");
	await find("raccourcis");
	await press("ArrowDown", "Enter");
	check("Ctrl K does an act by its name", await until(page, () => document.querySelector("#keys").open));
	await Promise.all([page.waitForResponse((r) => r.url().endsWith("/account/look")), page.locator("[data-density-set=compact]").click()]);
	await press("Escape");
	await page.context().clearCookies({ name: "density" });
	await page.reload();
	check("the height of rows is kept with the user", (await focused(() => document.documentElement.dataset.density)) === "compact");

	await press("t");
	check("T opens the date", await until(page, () => document.activeElement.id === "as-of"));
	await press("Escape");
	await page.locator("[data-theme-toggle]").press("Enter");
	const theme = await focused(() => document.documentElement.dataset.theme);
	await page.reload();
	check("the theme chosen is kept", (await focused(() => document.documentElement.dataset.theme)) === theme && ["light", "dark"].includes(theme));
	check("no page had an error of its own", page.faults.length === 0, page.faults);

	// ---- without scripts
	const plain = await loggedIn({ javaScriptEnabled: false });
	await plain.goto(base + "/customers?show=late");
	await leadsTo(plain, () => plain.getByRole("link", { name: "Papeterie Ondine" }).click());
	await plain.locator("tbody .pick").first().check();
	await leadsTo(plain, () => plain.getByRole("button", { name: /Litige/ }).click());
	check("without scripts, ticked items reach the form", (await plain.locator("main").innerText()).includes("FA2026-0010"));
	await leadsTo(plain, () => plain.getByRole("button", { name: "Ouvrir le litige" }).click());
	check("a dispute is opened without scripts", (await plain.locator("main").innerText()).includes("Litiges ouverts"));
	await plain.goto(base + "/account");
	await plain.getByRole("radio", { name: "Clair" }).check();
	await leadsTo(plain, () => plain.getByRole("button", { name: "Garder" }).click());
	check("the theme is chosen without scripts", (await plain.locator("html").getAttribute("data-theme")) === "light");
	await plain.goto(base + "/search?q=sardinette");
	check("search has a page of its own", (await plain.locator("main").innerText()).includes("Conserverie Sardinette"));
	await plain.goto(base + "/items?q=tournebille");
	check("filters are forms and links", (await plain.locator("tbody tr").count()) === 2);
} catch (e) {
	check("it goes through", false, e.message);
} finally {
	await browser.close();
	await server.stop();
	company.remove();
}
finish();
