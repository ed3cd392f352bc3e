/** The inbox and one mail, as HTML. */
import { escapeHtml } from "../../core/html.ts";
import type { StoredMail } from "./message.ts";

/**
 * A row for each mail, newest first; the page looks for new ones by itself.
 * @param visit what lets the pages behind its links be read
 */
export function inboxHtml(mails: readonly StoredMail[], visit: string): string {
  const refresh = '<meta http-equiv="refresh" content="5">';
  if (mails.length === 0) return `${refresh}<p>No mail was sent yet.</p>`;
  const rows = mails.map((mail) =>
    `<tr><td>${escapeHtml(mail.recipients.join(", "))}</td>
<td><a href="/mail/${mail.id}?visit=${visit}">${escapeHtml(mail.subject)}</a> ${
      highlightsHtml(mail)
    }</td>
<td class="quiet">${escapeHtml(mail.sentAt.replace("T", " ").slice(0, 19))}</td></tr>`
  );
  return `${refresh}<table><tr><th>To</th><th>Subject</th><th>Sent (UTC)</th></tr>
${rows.join("\n")}</table>`;
}

/**
 * One mail with what the reader looks for on top. Its own HTML cannot run anything, nor change the
 * page.
 */
export function mailHtml(mail: StoredMail, visit: string): string {
  const fields = [
    ["From", mail.sender],
    ["To", mail.recipients.join(", ")],
    ["Cc", mail.cc.join(", ")],
    ["Bcc", mail.bcc.join(", ")],
    ["Reply to", mail.replyTo ?? ""],
    ["Sent", mail.sentAt],
  ].filter(([, value]) => value !== "");
  const rows = fields.map(([name, value]) =>
    `<tr><th>${name}</th><td>${escapeHtml(value!)}</td></tr>`
  );
  const framed = escapeHtml(`<base target="_blank">${mail.html}`);
  return `<p><a href="/mail?visit=${visit}">All mail</a></p><p>${highlightsHtml(mail)}</p>
<table>${rows.join("")}</table>
<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="${framed}"></iframe>`;
}

function highlightsHtml({ codes, links }: StoredMail): string {
  return [
    ...codes.map((code) => `<mark>${code}</mark>`),
    ...links.map((link) => `<br><a href="${escapeHtml(link)}">${escapeHtml(link)}</a>`),
  ].join(" ");
}
