//! Pages, redirects, cookies and downloads.
