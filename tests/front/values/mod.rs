//! Pages, redirects, cookies and downloads.

mod cookies;
mod redirects;
