return {epoch, last}
