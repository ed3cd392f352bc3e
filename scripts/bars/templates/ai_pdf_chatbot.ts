import { betterAuthEnv, migrateBetterAuth } from "./better_auth.ts";
import type { Walk } from "./walk.ts";

const TEXT = "The lamp in the hall is the brightest of all lamps";
const PAGE = `BT /F1 12 Tf 10 50 Td (${TEXT}) Tj ET`;
/** Of one page; who reads it finds the parts without a table of them. */
const PDF = `%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 400 100] /Contents 4 0 R
  /Resources <</Font <</F1 <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>>>>> endobj
4 0 obj <</Length ${PAGE.length}>> stream
${PAGE}
endstream endobj
trailer <</Root 1 0 R>>
%%EOF
`;

/**
 * A document is read, and a question about it answered by the echo. The users are those of Better
 * Auth, in the same database.
 */
export const aiPdfChatbot: Walk = {
  framework: "next",
  users: { signUp: "/auth/sign-up", signIn: "/auth/sign-in", hasCodePage: false },
  env: betterAuthEnv,
  async prepare(app) {
    await migrateBetterAuth(app);
    await app.backend.insforge("storage", "create-bucket", "pdf-documents", "--private");
    await app.backend.insforge("storage", "create-bucket", "audio-overviews", "--public");
  },
  async main(page, { address }) {
    await page.open(`${address}/documents`);
    const file = { name: "lamps.pdf", type: "application/pdf", text: PDF };
    await page.attach("input[type=file]", file);
    await page.shows("(1 chunks)");
    await page.open(`${address}/chat`);
    await page.fill("textarea", TEXT);
    await page.press("Enter");
    await page.shows("Echo (no model)");
    return TEXT;
  },
  async signOut(page) {
    await page.click("button", "ada@example.com");
    await page.click("button", "Sign out");
  },
};
