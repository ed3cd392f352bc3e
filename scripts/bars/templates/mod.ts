/** The ways through apps of InsForge's public templates, by the names of the templates. */
import { adminDashboard } from "./admin_dashboard.ts";
import { aiPdfChatbot } from "./ai_pdf_chatbot.ts";
import { betterAuth } from "./better_auth_overlay.ts";
import { booking } from "./booking.ts";
import { chatbot } from "./chatbot.ts";
import { crm } from "./crm.ts";
import { eCommerce } from "./e_commerce.ts";
import { landing } from "./landing.ts";
import { nextjs, react } from "./starters.ts";
import { todo } from "./todo.ts";
import type { Walk } from "./walk.ts";
import { workspace } from "./workspace.ts";

export const WALKS: Readonly<Record<string, Walk>> = {
  todo,
  react,
  nextjs,
  landing,
  crm,
  chatbot,
  booking,
  "e-commerce": eCommerce,
  workspace,
  "admin-dashboard": adminDashboard,
  "ai-pdf-chatbot": aiPdfChatbot,
  "auth-providers/better-auth": betterAuth,
};
