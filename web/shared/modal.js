// Opens dialogs as modals, on every page.

/** The element that had the focus before the dialog, and gets it again. @type {Element | null} */
let opener = null;

/**
 * Opens as a modal. A template is filled before it is put into the page, where alone it can open. A dialog that is
 * taken out of the page does not give the focus back by itself.
 * @param {Element | undefined} element Undefined where the dialog is gone.
 */
export const openModal = (element) =>
  queueMicrotask(() => {
    if (element instanceof HTMLDialogElement && element.isConnected && !element.open) {
      opener = document.activeElement;
      element.showModal();
    } else if (!element) {
      if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
      opener = null;
    }
  });
