//! Pages, redirects, cookies and downloads.

mod cookies;
mod downloads;
mod problem_pages;
mod redirects;
