//! What a type is called in the texts of failures.

/// The type's name without its modules: `Vec<Person>`.
pub(crate) fn name_of<T: ?Sized>() -> String {
    let full = std::any::type_name::<T>();
    let mut name = String::new();
    // Where the identifier being written starts; `::` throws it away.
    let mut start = 0;
    let mut characters = full.chars().peekable();
    while let Some(character) = characters.next() {
        if character == ':' && characters.next_if_eq(&':').is_some() {
            name.truncate(start);
        } else {
            name.push(character);
            if !character.is_alphanumeric() && character != '_' {
                start = name.len();
            }
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Person;

    #[test]
    fn names_lose_their_modules() {
        assert_eq!(name_of::<Person>(), "Person");
        assert_eq!(name_of::<Vec<Option<Person>>>(), "Vec<Option<Person>>");
        assert_eq!(name_of::<(Person, u8)>(), "(Person, u8)");
        assert_eq!(name_of::<[Person; 2]>(), "[Person; 2]");
        assert_eq!(name_of::<&str>(), "&str");
    }
}
