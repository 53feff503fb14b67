/** What pictures of both clients show. */
export const NAMES = [
  "Onboarding checklist",
  "Quarterly access review",
  "Invoice template 2026",
  "سجل الطلبات الجديدة",
  "Warehouse 14, north gate",
  "Kundengespräch am Montag",
  "Release notes, draft",
];
