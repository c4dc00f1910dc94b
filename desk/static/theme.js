// Light or dark as the person chose, set before the first paint: this file is no module and stands before the style sheet.
// Nothing chosen: as the system wishes (prefers-color-scheme).
(() => {
  const KEPT = 'tema';
  const CHOICES = ['', 'light', 'dark'];
  const root = document.documentElement;

  const kept = () => {
    try {
      const choice = localStorage.getItem(KEPT) ?? '';
      return CHOICES.includes(choice) ? choice : '';
    } catch {
      return ''; // A browser that keeps nothing follows the system.
    }
  };
  const show = (choice) => {
    if (choice) root.dataset.theme = choice;
    else delete root.dataset.theme;
  };
  const name = (button) => {
    const words = { '': button.dataset.auto, light: button.dataset.light, dark: button.dataset.dark };
    const choice = root.dataset.theme ?? '';
    button.querySelector('[data-words]').textContent = words[choice];
    button.querySelector('[data-sign]').textContent = { '': '◐', light: '○', dark: '●' }[choice];
    button.hidden = false;
  };

  show(kept());
  document.addEventListener('DOMContentLoaded', () => {
    for (const button of document.querySelectorAll('[data-theme-button]')) {
      name(button);
      button.addEventListener('click', () => {
        const next = CHOICES[(CHOICES.indexOf(root.dataset.theme ?? '') + 1) % CHOICES.length];
        show(next);
        try {
          localStorage.setItem(KEPT, next);
        } catch {
          // It holds for this page then.
        }
        name(button);
      });
    }
  });
  // Another window of the same desk follows.
  window.addEventListener('storage', (event) => {
    if (event.key !== KEPT) return;
    show(kept());
    document.querySelectorAll('[data-theme-button]').forEach(name);
  });
})();
