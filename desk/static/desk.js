// What the pages do beyond links and forms: the session's token on HTMX's requests, focus after a part was exchanged.
const token = document.querySelector('meta[name="csrf"]')?.content;

document.addEventListener('htmx:configRequest', (event) => {
  if (token) event.detail.headers['X-CSRF-Token'] = token;
});

// HTMX keeps the focus where the element has an id; where it is gone, the page's beginning is better than nowhere.
document.addEventListener('htmx:afterSettle', () => {
  if (!document.activeElement || document.activeElement === document.body) document.getElementById('isi')?.focus();
});
