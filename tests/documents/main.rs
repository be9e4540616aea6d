//! What the route table knows of the types of an application, and the documents made from it.

mod stated;
