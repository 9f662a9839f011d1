// The reader's choice between light and dark, set before the page is drawn: nobody who chose dark sees a flash of light.
try {
  const chosen = localStorage.getItem("theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
} catch { /* storage is off: the system's choice stands */ }
