// SPDX-License-Identifier: Apache-2.0
// Takes the pictures of doc/screenshots from the real program, serving its demo portfolio:
//
//	node tools/screenshots.mjs [NAME...]
//
// Makes the demo of today in a temporary folder, serves it on a free port of this machine, logs
// in, and writes doc/screenshots/NAME.png at 1440 x 900, in French.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const program = `${process.env.BUILD ?? "build"}/encours`;
const password = "essai-encours-2026";

// name: address, user, size; link: follow the first link that matches on that page.
const pages = {
	dashboard: { at: "/" },
	customers: { at: "/customers" },
	customer: { at: "/customers?sort=-late", link: "tbody a.still" },
	trends: { at: "/trends" },
	items: { at: "/items" },
	bank: { at: "/bank", link: "[data-queue] li:has(.pick) a" },
	reminders: { at: "/reminders", link: "tbody a" },
	"phone-sales": { at: "/customers", user: "vente@encours.example", width: 390, height: 844 },
};

const folder = mkdtempSync(join(tmpdir(), "encours-screenshots-"));
const db = `sqlite:${folder}/demo.db`;
execFileSync(program, ["demo", "--db", db, "--quiet"]);
const server = spawn(program, ["serve", "--db", db, "--listen", "127.0.0.1:0"], {
	stdio: ["ignore", "inherit", "pipe"],
});
const port = await new Promise((done, fail) => {
	let text = "";
	server.stderr.on("data", (bytes) => {
		text += bytes;
		const found = text.match(/port (\d+)/);
		if (found) done(found[1]);
	});
	server.on("exit", () => fail(new Error("the server ended")));
});
const base = `http://127.0.0.1:${port}`;
const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
	args: ["--no-sandbox"],
});

async function shoot(name, p) {
	const context = await browser.newContext({
		locale: "fr-FR",
		viewport: { width: p.width ?? 1440, height: p.height ?? 900 },
		deviceScaleFactor: p.width ? 2 : 1,
	});
	const page = await context.newPage();
	page.setDefaultTimeout(20000);
	await page.goto(`${base}/login`);
	await page.fill("#email", p.user ?? "demo@encours.example");
	await page.fill("#password", password);
	await page.click("form[action='/login'] button");
	await page.goto(base + p.at);
	if (p.link) await page.locator(p.link).first().click({ timeout: 5000 });
	await page.waitForLoadState("networkidle");
	const status = await page.title();
	await page.screenshot({ path: `doc/screenshots/${name}.png` });
	console.log(`${name}\t${status}`);
	await context.close();
}

try {
	mkdirSync("doc/screenshots", { recursive: true });
	const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(pages);
	for (const name of names) await shoot(name, pages[name]);
} finally {
	await browser.close();
	server.kill();
	rmSync(folder, { recursive: true });
}
